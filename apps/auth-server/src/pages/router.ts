import type { AccessLevel, Clock, HomePage, Logger, TaigaSite } from "@taiga-mcp/service";
import {
  type ErrorRequestHandler,
  type Request,
  type RequestHandler,
  type Response,
  Router,
} from "express";
import { InteractionEndedError } from "../engine/boundary/interaction-ended.ts";
import type { Interaction, Interactions } from "../engine/boundary/ports.ts";
import type { ActivityLog } from "../grants/activity-log.ts";
import type { GrantUses } from "../grants/grant-use.ts";
import type { AllowLists, IsAllowed } from "../login/allow-list.ts";
import type { LimitedLogin } from "../login/limited-login.ts";
import type { ListOwnProjects } from "../login/own-projects.ts";
import type { ApplicationLogin } from "../login/taiga-application.ts";
import type { KeyNames } from "../storage/key-names.ts";
import type { Vault } from "../vault/vault.ts";
import type { ApplicationFlows } from "./application-flows.ts";
import { CALLBACK_PATH, createApplicationStep } from "./application-step.ts";
import { admitting, createCompleteLogin } from "./complete-login.ts";
import { createConsentStep } from "./consent-step.ts";
import type { Csrf, InteractionForm } from "./csrf.ts";
import { createPageErrorHandler } from "./error-handler.ts";
import { parseConsentForm, parseForm, toFormProof } from "./forms.ts";
import { createFormErrors, type FormErrorsDeps } from "./form-errors.ts";
import { InteractionError } from "./interaction-error.ts";
import { toBasePath } from "./interaction-path.ts";
import { createOlderLogins, type OlderLoginsDeps } from "./older-logins.ts";
import { createLoginStep } from "./login-step.ts";
import { requireSameOrigin } from "./same-origin.ts";
import { assets } from "./views/assets.ts";
import { renderHomePage } from "./views/home-page.ts";
import { renderReconnectPage } from "./views/reconnect-page.ts";

export interface InteractionsRouterDeps {
  /** An interaction's `uid` must stay the same from login to consent, because it identifies the held login. */
  interactions: Interactions;
  vault: Pick<
    Vault,
    "hold" | "heldUser" | "heldToken" | "claim" | "forget" | "discard" | "release"
  >;
  /** Checks passwords; without it, the login page does not ask for one. */
  password?: LimitedLogin | undefined;
  /** The login on Taiga's own pages; without it, that login is not offered. */
  application?: { login: ApplicationLogin; flows: ApplicationFlows } | undefined;
  /** Who may use this installation. */
  allowLists: AllowLists;
  isAllowed?: IsAllowed | undefined;
  listOwnProjects: ListOwnProjects;
  activity: Pick<ActivityLog, "note">;
  connections: OlderLoginsDeps["connections"];
  uses: OlderLoginsDeps["uses"] & Pick<GrantUses, "begin">;
  clock: Clock;
  csrf: Csrf;
  /** This server's origin. */
  issuer: string;
  /** The `sub` of a Taiga user. */
  toAccountId: (userId: number) => string;
  /** The highest access level that a user may grant. */
  accessLimit: AccessLevel;
  taigaSite: TaigaSite;
  /** Where Taiga resets passwords, if that is known. */
  passwordResetUrl?: string | undefined;
  /** The MCP endpoint. */
  mcpUrl: string;
  kv: FormErrorsDeps["kv"];
  seal: FormErrorsDeps["seal"];
  keys: FormErrorsDeps["keys"] & OlderLoginsDeps["keys"] & Pick<KeyNames, "grant">;
  logger: Logger;
  sleep: (ms: number) => Promise<void>;
}

/** The steps in which each form is accepted. Users may log in again until they have consented. */
const STEPS: Readonly<Record<InteractionForm, readonly Interaction["step"][]>> = {
  login: ["login", "consent"],
  taiga: ["login", "consent"],
  consent: ["consent"],
  cancel: ["login", "consent"],
};

/**
 * All routes for browsers: GET /, /assets/…, the pages and forms below /interaction/:uid, and the
 * address to which Taiga sends browsers back.
 */
export function createInteractionsRouter(deps: InteractionsRouterDeps): Router {
  const { interactions, vault, csrf, issuer, logger } = deps;
  const taigaName = deps.taigaSite.name;
  const completeLogin = admitting(deps, createCompleteLogin(deps));
  const offersTaiga = deps.application !== undefined;
  const formErrors = createFormErrors(deps);
  const loginStep = createLoginStep({ ...deps, formErrors, taigaName, completeLogin, offersTaiga });
  const consentStep = createConsentStep({
    ...deps,
    formErrors,
    taigaName,
    olderLogins: createOlderLogins(deps),
  });

  async function find(req: Request, res: Response): Promise<Interaction> {
    const interaction = await interactions.find(req, res, String(req.params["uid"]));
    if (interaction === undefined) throw new InteractionEndedError();
    return interaction;
  }

  /**
   * After a second click, or a step back in the browser: goes where the first answer leads, and shows
   * how the interaction has ended once the app is there.
   */
  const showOutcome: ErrorRequestHandler = async (error: unknown, req, res, next) => {
    if (!(error instanceof InteractionEndedError)) return next(error);
    const uid = String(req.params["uid"]);
    const interaction = await interactions.find(req, res, uid);
    if (interaction?.isAnswered === true) return interactions.resume(req, res, interaction);
    const outcome = interactions.outcome(req, res, uid);
    // A step back from the app is no click: who went there sees the page.
    const hasLostAnswer = req.method === "POST" || outcome === undefined;
    if (hasLostAnswer && (await interactions.repeat(req, res))) return;
    next(new InteractionError(outcome === undefined ? "interaction_ended" : `already_${outcome}`));
  };

  /** Checks in this order: origin, interaction of this browser, step, CSRF token, account. */
  const onForm = (
    form: InteractionForm,
    answer: (req: Request, res: Response, interaction: Interaction) => Promise<void>,
  ): RequestHandler[] => [
    requireSameOrigin(issuer),
    form === "consent" ? parseConsentForm : parseForm,
    async (req, res) => {
      const interaction = await find(req, res);
      const backTo = toBasePath(interaction.uid);
      if (!STEPS[form].includes(interaction.step)) throw new InteractionError("wrong_step", backTo);
      const { csrf: token, shownAccount } = toFormProof(req.body);
      const account = form === "consent" ? shownAccount : "";
      if (!csrf.verify(interaction.uid, form, token, account)) {
        throw new InteractionError("stale_form", backTo);
      }
      if (form === "consent" && account !== interaction.accountId) {
        throw new InteractionError("other_account", backTo);
      }
      // A second click, or a retry after a lost response.
      if (interaction.isAnswered) return interactions.resume(req, res, interaction);
      await answer(req, res, interaction);
    },
  ];

  const router = Router();
  router.use(createPublicPages(deps));
  router.get("/interaction/:uid", async (req, res) => {
    const interaction = await find(req, res);
    if (interaction.isAnswered) return interactions.resume(req, res, interaction);
    const wantsLogin = interaction.step === "login" || req.query["account"] === "other";
    await (wantsLogin ? loginStep : consentStep).show(res, interaction);
  });
  router.post("/interaction/:uid/login", onForm("login", loginStep.submit));
  if (deps.application !== undefined) {
    const { refuse } = loginStep;
    const step = createApplicationStep({
      ...deps,
      ...deps.application,
      refuse,
      formErrors,
      completeLogin,
    });
    router.post("/interaction/:uid/taiga", onForm("taiga", step.depart));
    router.get(CALLBACK_PATH, step.arrive);
    router.get("/interaction/:uid/taiga", async (req, res) =>
      step.finish(req, res, await find(req, res)),
    );
  }
  router.post("/interaction/:uid/consent", onForm("consent", consentStep.submit));
  router.post(
    "/interaction/:uid/cancel",
    onForm("cancel", async (req, res, interaction) => {
      await vault.discard(interaction.uid);
      await interactions.deny(req, res, interaction);
      const { accountId, client } = interaction;
      if (accountId === undefined) return;
      await deps.activity.note(accountId, {
        kind: "declined",
        client: client.name,
        network: req.ip,
      });
    }),
  );
  router.use("/interaction/:uid", showOutcome);
  router.use(createPageErrorHandler(logger));
  return router;
}

/** GET /, GET /reconnect and the files below /assets/, whose names contain a hash of their content. */
function createPublicPages(home: HomePage): Router {
  const router = Router();
  router.get("/", async (_req, res) => {
    res
      .set("Cache-Control", "no-cache")
      .type("html")
      .send(await renderHomePage(home));
  });
  router.get("/reconnect", async (_req, res) => {
    res
      .set("Cache-Control", "no-cache")
      .type("html")
      .send(await renderReconnectPage(home));
  });
  for (const { path, contentType, content } of assets) {
    router.get(path, (_req, res) => {
      res
        .set("Cache-Control", "public, max-age=31536000, immutable")
        .set("Content-Type", contentType)
        .send(content);
    });
  }
  return router;
}
