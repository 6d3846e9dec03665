import { logFailure, type Logger, UnavailableError } from "@taiga-mcp/service";
import type { Request, Response } from "express";
import { z } from "zod";
import { InteractionEndedError } from "../engine/boundary/interaction-ended.ts";
import type { Interaction, Interactions } from "../engine/boundary/ports.ts";
import { LoginThrottledError } from "../login/login-backend.ts";
import type { ApplicationLogin, ApplicationOutcome } from "../login/taiga-application.ts";
import { type ApplicationFlows, FLOW_SECONDS } from "./application-flows.ts";
import type { CompleteLogin } from "./complete-login.ts";
import type { FormErrors } from "./form-errors.ts";
import { InteractionError } from "./interaction-error.ts";
import { toBasePath } from "./interaction-path.ts";
import { type LoginStep, type Refusal, toThrottled } from "./login-step.ts";
import { createOwnCookie } from "./own-cookie.ts";
import { seeOther } from "./send-page.ts";

/** Where Taiga sends browsers back to: the `next_url` that its administrator registers. */
export const CALLBACK_PATH = "/taiga/callback";

/** A UUID. Taiga sends "None" when there is no code. */
const CallbackQuery = z.object({ auth_code: z.string().regex(/^[\da-f-]{32,36}$/i) });

export interface ApplicationStepDeps {
  interactions: Pick<Interactions, "find" | "resume">;
  login: Pick<ApplicationLogin, "toLoginUrl" | "redeem">;
  flows: ApplicationFlows;
  /** Redirects to the login page, which shows the error. */
  refuse: LoginStep["refuse"];
  completeLogin: CompleteLogin;
  formErrors: Pick<FormErrors, "clear">;
  /** This server's origin. */
  issuer: string;
  logger: Logger;
  sleep: (ms: number) => Promise<void>;
}

/** How long the second of two requests waits for the first, which asks Taiga: 300 times 50 ms. */
const POLL_MS = 50;
const POLL_LIMIT = 300;

/** The login on Taiga's own pages, in three requests of the browser. */
export interface ApplicationStep {
  /** The user has seen which app is asking and continues: redirects to Taiga. */
  depart: (req: Request, res: Response, interaction: Interaction) => Promise<void>;
  /**
   * The browser returns from Taiga to an address that is the same for all interactions. It does not
   * send the interaction's cookie there, so this only redirects to a path for which it does.
   */
  arrive: (req: Request, res: Response) => Promise<void>;
  /** Completes the login. A browser with both cookies is the one that started it. */
  finish: (req: Request, res: Response, interaction: Interaction) => Promise<void>;
}

export function createApplicationStep(deps: ApplicationStepDeps): ApplicationStep {
  const { interactions, login, flows, refuse, completeLogin, formErrors, issuer, logger, sleep } =
    deps;
  // Holds the ticket of the login in progress.
  const cookie = createOwnCookie({ issuer, name: "application", maxAgeSeconds: FLOW_SECONDS });

  /** @returns the login, or the error to show. */
  async function redeem(flow: {
    authCode: string;
    state: string;
  }): Promise<Extract<ApplicationOutcome, { ok: true }> | Refusal> {
    try {
      const outcome = await login.redeem(flow.authCode, flow.state);
      return outcome.ok ? outcome : { alert: ALERTS[outcome.reason] };
    } catch (error) {
      if (error instanceof LoginThrottledError) return toThrottled(error);
      if (!(error instanceof UnavailableError)) throw error;
      logFailure(logger, "warn", { err: error }, "Taiga application login failed");
      return {
        alert: `${error.message} You were not logged in. Try again in a moment.`,
      };
    }
  }

  /** Goes where the request went that redeemed the code; the login page says why it failed. */
  async function proceed(req: Request, res: Response, interaction: Interaction): Promise<void> {
    const { isLoggedIn, step, uid } = interaction;
    if (isLoggedIn && step === "login") return interactions.resume(req, res, interaction);
    seeOther(res, toBasePath(uid));
  }

  /** Waits until the code is redeemed. */
  async function followFirstRequest(
    req: Request,
    res: Response,
    ticket: string,
    { uid }: Interaction,
  ): Promise<void> {
    for (let polls = 0; polls < POLL_LIMIT; polls += 1) {
      const interaction = await interactions.find(req, res, uid);
      if (interaction === undefined) throw new InteractionEndedError();
      if ((await flows.take(ticket, uid)) !== "taken") return proceed(req, res, interaction);
      await sleep(POLL_MS);
    }
    throw new UnavailableError("Another request of this login is still being processed.");
  }

  return {
    depart: async (_req, res, { uid }) => {
      const { ticket, state } = await flows.begin(uid);
      cookie.set(res, ticket);
      seeOther(res, login.toLoginUrl(state));
    },

    arrive: async (req, res) => {
      const ticket = cookie.read(req);
      const code = CallbackQuery.safeParse(req.query).data?.auth_code;
      if (ticket === undefined || code === undefined) throw new InteractionError("foreign_return");
      const uid = await flows.arrive(ticket, code);
      if (uid === undefined) throw new InteractionError("foreign_return");
      seeOther(res, `${toBasePath(uid)}/taiga`);
    },

    finish: async (req, res, interaction) => {
      const ticket = cookie.read(req);
      const flow = ticket === undefined ? undefined : await flows.take(ticket, interaction.uid);
      if (ticket === undefined || flow === undefined) {
        throw new InteractionError("flow_ended", toBasePath(interaction.uid));
      }
      // The second of two requests, after a second click; the browser waits for this one.
      if (flow === "taken") return followFirstRequest(req, res, ticket, interaction);
      if (flow === "ended") return proceed(req, res, interaction);
      try {
        const outcome = await redeem(flow);
        cookie.clear(res);
        if (!("ok" in outcome)) return await refuse(res, interaction, outcome);
        await formErrors.clear(interaction.uid);
        await completeLogin(req, res, interaction, outcome);
      } finally {
        await flows.end(ticket);
      }
    },
  };
}

const ALERTS = {
  wrong_code: "Taiga did not confirm this login. Try again.",
  user_inactive: "Your Taiga account is not active.",
} as const;
