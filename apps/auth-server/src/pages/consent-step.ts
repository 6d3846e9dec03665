import {
  type AccessLevel,
  type Clock,
  isWithin,
  lowestLevel,
  TOOL_ACCESS,
  UnavailableError,
} from "@taiga-mcp/service";
import type { Request, Response } from "express";
import { InteractionEndedError } from "../engine/boundary/interaction-ended.ts";
import type { Interaction, Interactions } from "../engine/boundary/ports.ts";
import type { ActivityLog } from "../grants/activity-log.ts";
import type { GrantUses } from "../grants/grant-use.ts";
import type { TaigaUser } from "../login/login-backend.ts";
import type { ListOwnProjects } from "../login/own-projects.ts";
import type { KeyNames } from "../storage/key-names.ts";
import type { Vault } from "../vault/vault.ts";
import { renderConsentPage } from "./views/consent-page.ts";
import type { Csrf } from "./csrf.ts";
import type { ConsentErrors, FormErrors } from "./form-errors.ts";
import { ConsentForm, toTypedConsent } from "./forms.ts";
import { InteractionError } from "./interaction-error.ts";
import { toBasePath } from "./interaction-path.ts";
import { toProjectChoice } from "./project-choice.ts";
import type { OlderLogins } from "./older-logins.ts";
import { seeOther, sendPage } from "./send-page.ts";

/** Enough for most connections; the user must select a higher level explicitly. */
const PRESELECTED: AccessLevel = "write";

/** The access levels that some tool needs. */
const OFFERED = TOOL_ACCESS.map(({ level }) => level);

export interface ConsentStepDeps {
  interactions: Pick<
    Interactions,
    "find" | "createGrant" | "discardGrant" | "finishConsent" | "resume"
  >;
  vault: Pick<Vault, "heldUser" | "heldToken" | "claim" | "forget" | "discard">;
  listOwnProjects: ListOwnProjects;
  activity: Pick<ActivityLog, "note">;
  olderLogins: OlderLogins;
  uses: Pick<GrantUses, "begin">;
  keys: Pick<KeyNames, "grant">;
  formErrors: FormErrors;
  csrf: Csrf;
  /** The highest access level that the operator allows. */
  accessLimit: AccessLevel;
  taigaName: string;
  toAccountId: (userId: number) => string;
  clock: Clock;
  sleep: (ms: number) => Promise<void>;
}

/** How long the second of two clicks waits for the result of the first: 200 times 50 ms. */
const POLL_MS = 50;
const POLL_LIMIT = 200;

/** The step in which a user chooses what the client may do. */
export interface ConsentStep {
  show: (res: Response, interaction: Interaction) => Promise<void>;
  /** Handles the form. Redirects to the page, which shows the error, when the choice is invalid. */
  submit: (req: Request, res: Response, interaction: Interaction) => Promise<void>;
}

export function createConsentStep(deps: ConsentStepDeps): ConsentStep {
  const {
    interactions,
    vault,
    listOwnProjects,
    formErrors,
    csrf,
    accessLimit,
    taigaName,
    toAccountId,
    olderLogins,
    uses,
    keys,
    clock,
    sleep,
  } = deps;

  const limitOf = ({ requestedAccess }: Interaction): AccessLevel =>
    lowestLevel(requestedAccess, accessLimit);

  const isOffered = (level: AccessLevel, interaction: Interaction): boolean =>
    OFFERED.includes(level) && isWithin(level, limitOf(interaction));

  /** The held credential must belong to the account that the engine will issue the code for. */
  async function findUser({ uid, accountId }: Interaction): Promise<TaigaUser> {
    const user = await vault.heldUser(uid);
    if (user !== undefined && toAccountId(user.id) === accountId) return user;
    await vault.discard(uid);
    throw new InteractionError("login_expired");
  }

  const listProjects = async (uid: string, user: TaigaUser) => {
    const credential = await vault.heldToken(uid);
    return credential === undefined ? undefined : await listOwnProjects(user.id, credential);
  };

  async function show(res: Response, interaction: Interaction): Promise<void> {
    const user = await findUser(interaction);
    const limit = limitOf(interaction);
    const offered = OFFERED.filter((level) => isWithin(level, limit));
    const again = await formErrors.findConsent(interaction.uid);
    const { access, projects = "all", project = [] } = again?.typed ?? {};
    const older = await olderLogins.find(toAccountId(user.id), interaction.client);
    const page = await renderConsentPage({
      basePath: toBasePath(interaction.uid),
      csrfToken: csrf.issue(interaction.uid, "consent", toAccountId(user.id)),
      accountId: toAccountId(user.id),
      cancelCsrfToken: csrf.issue(interaction.uid, "cancel"),
      client: interaction.client,
      taigaName,
      user,
      levels: offered,
      selected: offered.findLast((level) => isWithin(level, access ?? PRESELECTED)) ?? limit,
      projects: {
        own: await listProjects(interaction.uid, user),
        selected: projects,
        ticked: project,
      },
      olderLogins: older.map((login) => ({
        ...login,
        isPreselected: again?.typed.replace?.includes(login.gid) ?? login.isPreselected,
      })),
      now: clock(),
      ...(again !== undefined && { choiceError: again }),
    });
    sendPage(res, 200, page);
  }

  /**
   * After a double click, browsers ignore the response to the first request and wait for the second.
   * The first request has taken the held login, so the second one returns its result.
   */
  async function followFirstAnswer(
    req: Request,
    res: Response,
    { uid }: Interaction,
  ): Promise<void> {
    for (let polls = 0; polls < POLL_LIMIT; polls += 1) {
      const interaction = await interactions.find(req, res, uid);
      if (interaction?.isAnswered) return interactions.resume(req, res, interaction);
      if (interaction === undefined) throw new InteractionEndedError();
      if ((await vault.heldUser(uid)) !== undefined) break;
      await sleep(POLL_MS);
    }
    // If the first request has failed, the held login is still there and the user can try again.
    if ((await vault.heldUser(uid)) !== undefined) {
      throw new UnavailableError("Another answer to this page is still being processed.");
    }
    throw new InteractionError("login_expired");
  }

  return {
    show,

    submit: async (req, res, interaction) => {
      if ((await vault.heldUser(interaction.uid)) === undefined) {
        return followFirstAnswer(req, res, interaction);
      }
      const user = await findUser(interaction);
      const form = ConsentForm.safeParse(req.body).data;
      const isAll = form?.projects === "all";
      const own = isAll ? undefined : await listProjects(interaction.uid, user);
      const refuse = async (question: ConsentErrors["question"], error: string) => {
        const typed = toTypedConsent(req.body);
        await formErrors.keep(interaction.uid, { form: "consent", question, error, typed });
        seeOther(res, toBasePath(interaction.uid));
      };
      if (form === undefined || !isOffered(form.access, interaction)) {
        return refuse("access", "Choose what the app may do, and in which projects.");
      }
      const { projects, error } = toProjectChoice(form, own);
      if (error !== undefined) return refuse("projects", error);
      const { access, replace: replaced } = form;
      const { grantId } = await interactions.createGrant(interaction, { access, projects });
      const isClaimed = await vault.claim(interaction.uid, grantId);
      if (!isClaimed) {
        await interactions.discardGrant(grantId);
        return followFirstAnswer(req, res, interaction);
      }
      try {
        // Before the client gets its code, so that no use of it is noted at the same time.
        await uses.begin(keys.grant(grantId), user.username);
        await interactions.finishConsent(req, res, interaction, grantId);
      } catch (error) {
        // A click on Cancel was faster, so no code of this grant will ever be issued.
        if (error instanceof InteractionEndedError) await interactions.discardGrant(grantId);
        throw error;
      }
      await vault.forget(interaction.uid);
      const { name } = interaction.client;
      const event = { kind: "connected", client: name, network: req.ip } as const;
      const accountId = toAccountId(user.id);
      await deps.activity.note(accountId, event);
      const choice = { gids: replaced, network: req.ip };
      await olderLogins.end(accountId, interaction.client, choice);
    },
  };
}
