import { ACCESS_LEVELS, type AccessLevel, isWithin, lowestLevel } from "@taiga-mcp/service";
import type { Request, Response } from "express";
import type { Interaction, Interactions } from "../engine/ports.ts";
import type { TaigaUser } from "../login/login-backend.ts";
import type { Vault } from "../vault/vault.ts";
import { renderConsentPage } from "../views/consent-page.ts";
import type { Csrf } from "./csrf.ts";
import { ConsentForm } from "./forms.ts";
import { InteractionError } from "./interaction-error.ts";
import { toBasePath } from "./interaction-path.ts";
import { sendPage } from "./send-page.ts";

/** What most connections are for; more than that is a decision of its own. */
const PRESELECTED: AccessLevel = "write";

export interface ConsentStepDeps {
  interactions: Pick<Interactions, "find" | "createGrant" | "finishConsent" | "resume">;
  vault: Pick<Vault, "holder" | "keep" | "discard">;
  csrf: Csrf;
  /** The most that any client may do, by the operator's word. */
  accessLimit: AccessLevel;
  taigaHost: string;
  toAccountId: (userId: number) => string;
  sleep: (ms: number) => Promise<void>;
}

/** How long the second of two clicks waits for the answer of the first. */
const POLL_MS = 50;
const POLL_LIMIT = 20;

/** The step in which a user says what the client may do. */
export interface ConsentStep {
  show: (res: Response, interaction: Interaction) => Promise<void>;
  /** Reads the form; the page again when the choice is not one of those offered. */
  submit: (req: Request, res: Response, interaction: Interaction) => Promise<void>;
}

export function createConsentStep(deps: ConsentStepDeps): ConsentStep {
  const { interactions, vault, csrf, accessLimit, taigaHost, toAccountId, sleep } = deps;

  const limitOf = ({ requestedAccess }: Interaction): AccessLevel =>
    lowestLevel(requestedAccess, accessLimit);

  /** The credential held must be that of the account the engine will issue the code for. */
  async function findUser({ uid, accountId }: Interaction): Promise<TaigaUser> {
    const user = await vault.holder(uid);
    if (user !== undefined && toAccountId(user.id) === accountId) return user;
    await vault.discard(uid);
    throw new InteractionError("login_expired");
  }

  async function send(
    res: Response,
    interaction: Interaction,
    { status, choiceError }: { status: number; choiceError?: string },
  ): Promise<void> {
    const user = await findUser(interaction);
    const limit = limitOf(interaction);
    const page = await renderConsentPage({
      basePath: toBasePath(interaction.uid),
      csrfToken: csrf.issue(interaction.uid, "consent"),
      cancelCsrfToken: csrf.issue(interaction.uid, "cancel"),
      client: interaction.client,
      taigaHost,
      user,
      levels: ACCESS_LEVELS.filter((level) => isWithin(level, limit)),
      selected: lowestLevel(PRESELECTED, limit),
      ...(choiceError !== undefined && { choiceError }),
    });
    sendPage(res, status, page);
  }

  /**
   * Browsers drop the answer to the first of two clicks and wait for the second one's. The first
   * has taken the held login; what it decided is good for both.
   */
  async function followFirstAnswer(
    req: Request,
    res: Response,
    { uid }: Interaction,
  ): Promise<void> {
    for (let polls = 0; polls < POLL_LIMIT; polls += 1) {
      const interaction = await interactions.find(req, res, uid);
      if (interaction?.isAnswered) return interactions.resume(req, res, interaction);
      if (interaction === undefined) break;
      await sleep(POLL_MS);
    }
    throw new InteractionError("login_expired");
  }

  return {
    show: (res, interaction) => send(res, interaction, { status: 200 }),

    submit: async (req, res, interaction) => {
      const access = ConsentForm.safeParse(req.body).data?.access;
      if (access === undefined || !isWithin(access, limitOf(interaction))) {
        return send(res, interaction, {
          status: 400,
          choiceError: "Choose one of the ways below in which the app may work.",
        });
      }
      if ((await vault.holder(interaction.uid)) === undefined) {
        return followFirstAnswer(req, res, interaction);
      }
      await findUser(interaction);
      const { grantId } = await interactions.createGrant(interaction, { access, projects: "all" });
      const kept = await vault.keep(interaction.uid, grantId);
      if (!kept) return followFirstAnswer(req, res, interaction);
      await interactions.finishConsent(req, res, interaction, grantId);
    },
  };
}
