// A browser drops the answer to its first click because of a second one, or shows a page in two tabs.
import { createSqliteKv } from "@taiga-mcp/store";
import { Router } from "express";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { InteractionEndedError } from "../../../src/engine/boundary/interaction-ended.ts";
import type { Interactions } from "../../../src/engine/boundary/ports.ts";
import {
  type Answer,
  type Browser,
  createBrowser,
  createPkce,
  exchangeCode,
  register,
  toAuthorizeParams,
} from "../../support/client.ts";
import { createTestKv, type TestKv } from "../../support/stores.ts";
import { startSystem, type System } from "../../support/system.ts";
import { advance, stopClock } from "../../support/time.ts";

const LIMITS = { access: "write", projects: "all" } as const;

/** A form for each answer; the page itself shows its step, and what has ended is sent on if it can be. */
const pages = (interactions: Interactions) => {
  const router = Router();
  router.use("/interaction/:uid{/:form}", async (req, res) => {
    const { uid = "", form } = req.params as { uid?: string; form?: string };
    try {
      const interaction = await interactions.find(req, res, uid);
      if (interaction === undefined) throw new InteractionEndedError();
      if (form === undefined) return void res.send(interaction.step);
      if (form === "login") await interactions.finishLogin(req, res, interaction, "alice");
      if (form === "cancel") await interactions.deny(req, res, interaction);
      if (form === "consent") {
        const { grantId } = await interactions.createGrant(interaction, LIMITS);
        await interactions.finishConsent(req, res, interaction, grantId);
      }
    } catch (error) {
      if (!(error instanceof InteractionEndedError)) throw error;
      if (!(await interactions.repeat(req, res))) res.status(400).send("ended");
    }
  });
  return router;
};

let kv: TestKv;
let system: System;
let browser: Browser;
let clientId: string;
const pkce = createPkce();
beforeEach(async () => {
  stopClock();
  kv = createTestKv(
    createSqliteKv({ file: ":memory:", clock: () => Math.floor(Date.now() / 1000) }),
  );
  system = await startSystem({ kv, pages });
  browser = createBrowser(system.issuer);
  clientId = await register(system);
});
afterEach(async () => {
  vi.useRealTimers();
  await system.close();
});

const absolute = (answer: Answer): string =>
  new URL(answer.headers.get("location") ?? "", system.issuer).href;

/** @returns the address of the login page. */
async function openLogin(): Promise<string> {
  const params = toAuthorizeParams(clientId, pkce).toString();
  return absolute(await browser.open(`${system.issuer}/authorize?${params}`));
}

/** @returns the address of the consent page. */
async function openConsent(): Promise<string> {
  const page = await openLogin();
  const { page: shown } = await browser.follow(`${page}/login`, { method: "POST" });
  expect(shown.text).toBe("consent");
  return page;
}

const click = (page: string, form: string): Promise<Answer> =>
  browser.open(`${page}/${form}`, { method: "POST" });

/** Sends a request of which the browser never sees the answer. */
async function lose(url: string): Promise<Answer> {
  const cookie = await browser.jar.getCookieString(url);
  return createBrowser(system.issuer).open(url, { headers: { cookie } });
}

const codesIn = (): string[] => [...kv.written.keys()].filter((key) => key.startsWith("code:"));

describe("a browser that lost the redirect to its app", () => {
  let page: string;
  let resume: string;
  let lost: string;
  beforeEach(async () => {
    page = await openConsent();
    resume = absolute(await click(page, "consent"));
    lost = absolute(await lose(resume));
  });

  // @rule MCP-SECURITY-13
  it.each(["consent", "cancel", "login", ""])(
    "gets it again with the next click (%s), until the app has redeemed the code",
    async (form) => {
      const again = () => (form === "" ? browser.open(page) : click(page, form));
      expect(absolute(await again())).toBe(lost);
      expect(absolute(await again())).toBe(lost);
      expect(codesIn()).toHaveLength(1);
      const code = new URL(lost).searchParams.get("code") ?? "";
      expect((await exchangeCode(system, clientId, code, pkce)).status).toBe(200);
      expect((await again()).text).toBe("ended");
    },
  );

  it("gets it from the address that it was sent to, too", async () => {
    expect(absolute(await browser.open(resume))).toBe(lost);
  });

  it("gets it as long as the code is valid", async () => {
    const { authorizationCodeTtlSeconds } = system.config.tokens;
    advance(authorizationCodeTtlSeconds - 1);
    expect(absolute(await browser.open(page))).toBe(lost);
    advance(1);
    expect((await browser.open(page)).text).toBe("ended");
  });

  // @rule MCP-SECURITY-13
  it("shares it with no other browser", async () => {
    const other = await createBrowser(system.issuer).open(page);
    expect([other.text, other.headers.get("location")]).toEqual(["ended", null]);
  });
});

it("a browser that lost the redirect after the login gets on to the consent page", async () => {
  const page = await openLogin();
  await lose(absolute(await click(page, "login")));
  const { page: shown } = await browser.follow(`${page}/login`, { method: "POST" });
  expect(shown.text).toBe("consent");
  const { leftFor } = await browser.follow(`${page}/consent`, { method: "POST" });
  expect(leftFor?.searchParams.has("code")).toBe(true);
});

// @rule MCP-SECURITY-13
it("a consent in several tabs yields one code", async () => {
  const page = await openConsent();
  const resume = absolute(await click(page, "consent"));
  const answers = await Promise.all(Array.from({ length: 5 }, () => lose(resume)));
  expect(new Set(answers.map(absolute)).size).toBe(1);
  expect(codesIn()).toHaveLength(1);
});

// @rule MCP-SECURITY-13
it.each([
  ["consent", "cancel", "code"],
  ["cancel", "consent", "error"],
] as const)(
  "of two answers at once, %s before %s, the first counts",
  async (first, second, outcome) => {
    const page = await openConsent();
    const cookie = await browser.jar.getCookieString(page);
    const resume = absolute(await click(page, first));
    // Sent before the browser followed the first redirect.
    await createBrowser(system.issuer).open(`${page}/${second}`, {
      method: "POST",
      headers: { cookie },
    });
    const { leftFor } = await browser.follow(resume);
    expect(leftFor?.searchParams.has(outcome)).toBe(true);
  },
);

it("keeps what a browser may get again so that a copy of the store is useless", async () => {
  const page = await openConsent();
  const lost = absolute(await lose(absolute(await click(page, "consent"))));
  const stored = [...kv.written].filter(([key]) => key.startsWith("sent:"));
  expect(stored).toHaveLength(2);
  const code = new URL(lost).searchParams.get("code") ?? "";
  expect(JSON.stringify(stored)).not.toContain(code);
});
