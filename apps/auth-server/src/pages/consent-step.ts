import {
  ACCESS_LEVELS,
  type AccessLevel,
  isWithin,
  lowestLevel,
  UnavailableError,
} from "@taiga-mcp/service";
import type { Request, Response } from "express";
import { InteractionEndedError } from "../engine/boundary/interaction-ended.ts";
import type { Interaction, Interactions } from "../engine/boundary/ports.ts";
import type { TaigaUser } from "../login/login-backend.ts";
import type { ListOwnProjects, OwnProject } from "../login/own-projects.ts";
import type { Vault } from "../vault/vault.ts";
import { renderConsentPage } from "./views/consent-page.ts";
import type { Csrf } from "./csrf.ts";
import { ConsentForm, toTypedConsent, type TypedConsent } from "./forms.ts";
import { InteractionError } from "./interaction-error.ts";
import { toBasePath } from "./interaction-path.ts";
import { toProjectChoice } from "./project-choice.ts";
import { sendPage } from "./send-page.ts";

/** What most connections are for; more than that is a decision of its own. */
const PRESELECTED: AccessLevel = "write";

export interface ConsentStepDeps {
  interactions: Pick<
    Interactions,
    "find" | "createGrant" | "discardGrant" | "finishConsent" | "resume"
  >;
  vault: Pick<Vault, "holder" | "heldToken" | "keep" | "forget" | "discard">;
  listOwnProjects: ListOwnProjects;
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

/** Why the page is shown again, and with what on it. */
interface Refusal {
  error: string;
  own: readonly OwnProject[] | undefined;
  typed: TypedConsent;
}

export function createConsentStep(deps: ConsentStepDeps): ConsentStep {
  const { interactions, vault, listOwnProjects, csrf, accessLimit, taigaHost, toAccountId, sleep } =
    deps;

  const limitOf = ({ requestedAccess }: Interaction): AccessLevel =>
    lowestLevel(requestedAccess, accessLimit);

  /** The credential held must be that of the account the engine will issue the code for. */
  async function findUser({ uid, accountId }: Interaction): Promise<TaigaUser> {
    const user = await vault.holder(uid);
    if (user !== undefined && toAccountId(user.id) === accountId) return user;
    await vault.discard(uid);
    throw new InteractionError("login_expired");
  }

  const listProjects = async (uid: string, user: TaigaUser) => {
    const credential = await vault.heldToken(uid);
    return credential === undefined ? undefined : await listOwnProjects(user.id, credential);
  };

  async function send(res: Response, interaction: Interaction, again?: Refusal): Promise<void> {
    const user = await findUser(interaction);
    const limit = limitOf(interaction);
    const { access, projects = "all", project = [] } = again?.typed ?? {};
    const page = await renderConsentPage({
      basePath: toBasePath(interaction.uid),
      csrfToken: csrf.issue(interaction.uid, "consent"),
      cancelCsrfToken: csrf.issue(interaction.uid, "cancel"),
      client: interaction.client,
      taigaHost,
      user,
      levels: ACCESS_LEVELS.filter((level) => isWithin(level, limit)),
      selected: lowestLevel(access ?? PRESELECTED, limit),
      projects: {
        own: again === undefined ? await listProjects(interaction.uid, user) : again.own,
        selected: projects,
        ticked: project,
      },
      ...(again !== undefined && { choiceError: again.error }),
    });
    sendPage(res, again === undefined ? 200 : 400, page);
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
    // It may have failed: then it can be given again.
    if ((await vault.holder(uid)) !== undefined) {
      throw new UnavailableError("Another answer to this page is still being worked on.");
    }
    throw new InteractionError("login_expired");
  }

  return {
    show: (res, interaction) => send(res, interaction),

    submit: async (req, res, interaction) => {
      if ((await vault.holder(interaction.uid)) === undefined) {
        return followFirstAnswer(req, res, interaction);
      }
      const user = await findUser(interaction);
      const form = ConsentForm.safeParse(req.body).data;
      const isAll = form?.projects === "all";
      const own = isAll ? undefined : await listProjects(interaction.uid, user);
      const refuse = async (error: string) =>
        send(res, interaction, {
          error,
          own: isAll ? await listProjects(interaction.uid, user) : own,
          typed: toTypedConsent(req.body),
        });
      if (form === undefined || !isWithin(form.access, limitOf(interaction))) {
        return refuse("Choose one of the ways below in which the app may work, and where.");
      }
      const { projects, error } = toProjectChoice(form, own);
      if (error !== undefined) return refuse(error);
      const { access } = form;
      const { grantId } = await interactions.createGrant(interaction, { access, projects });
      const kept = await vault.keep(interaction.uid, grantId);
      if (!kept) {
        await interactions.discardGrant(grantId);
        return followFirstAnswer(req, res, interaction);
      }
      try {
        await interactions.finishConsent(req, res, interaction, grantId);
      } catch (error) {
        // A click on Cancel was faster: nobody will ever redeem a code of this grant.
        if (error instanceof InteractionEndedError) await interactions.discardGrant(grantId);
        throw error;
      }
      await vault.forget(interaction.uid);
    },
  };
}
