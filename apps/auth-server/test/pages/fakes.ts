import { UnavailableError } from "@taiga-mcp/service";
import type { IncomingMessage, ServerResponse } from "node:http";
import { InteractionEndedError } from "../../src/engine/boundary/interaction-ended.ts";
import type { Interactions } from "../../src/engine/boundary/ports.ts";
import type { TaigaCredentialRecord, TaigaLogin } from "../../src/login/login-backend.ts";
import type { Browser } from "./browser.ts";

/** The engine as the pages see it; records each call. */
export function createFakeEngine(browser: Browser): Interactions {
  const redirect = (res: ServerResponse, to: string): void => {
    res.writeHead(303, { Location: to }).end();
  };
  return {
    find: async (_req: IncomingMessage, _res: ServerResponse, uid: string) => {
      if (browser.storeIsDown) throw new UnavailableError("The store does not answer.");
      return browser.hasCookie && uid === browser.interaction.uid ? browser.interaction : undefined;
    },
    outcome: (_req, _res, uid) => (uid === browser.interaction.uid ? browser.outcome : undefined),
    repeat: async (_req, res) => {
      if (browser.kept === undefined) return false;
      redirect(res, browser.kept);
      return true;
    },
    finishLogin: async (_req, res, _interaction, accountId) => {
      browser.calls.push(`finishLogin ${accountId}`);
      browser.interaction.step = "consent";
      browser.interaction.isLoggedIn = true;
      browser.interaction.accountId = accountId;
      redirect(res, "/resume");
    },
    createGrant: async (_interaction, limits) => {
      browser.calls.push("createGrant");
      browser.grants.push(limits);
      return { grantId: "grant" };
    },
    discardGrant: async (grantId) => {
      browser.calls.push(`discardGrant ${grantId}`);
    },
    finishConsent: async (_req, res, _interaction, grantId) => {
      if (browser.isOvertaken) throw new InteractionEndedError();
      browser.calls.push(`finishConsent ${grantId}`);
      browser.interaction.isAnswered = true;
      redirect(res, "/resume");
    },
    resume: async (_req, res) => {
      browser.calls.push("resume");
      redirect(res, "/resume");
    },
    deny: async (_req, res) => {
      if (browser.isOvertaken) throw new InteractionEndedError();
      browser.calls.push("deny");
      redirect(res, "/resume");
    },
  };
}

/** The vault as the pages see it; records each call that changes something. */
export const createFakeVault = (browser: Browser) => ({
  hold: async (uid: string, login: TaigaLogin) => {
    browser.calls.push(`hold ${uid}`);
    browser.held.set(uid, { user: login.user, credential: login.credential });
  },
  heldUser: async (uid: string) => browser.held.get(uid)?.user,
  heldToken: async (uid: string) => browser.held.get(uid)?.credential,
  claim: async (uid: string, grantId: string) => {
    browser.calls.push(`keep ${uid} ${grantId}`);
    return browser.held.delete(uid) && !browser.isRobbed;
  },
  forget: async () => {},
  discard: async (uid: string) => {
    browser.calls.push(`discard ${uid}`);
    browser.held.delete(uid);
  },
  release: async ({ scheme }: TaigaCredentialRecord) => {
    browser.calls.push(`release ${scheme}`);
  },
});
