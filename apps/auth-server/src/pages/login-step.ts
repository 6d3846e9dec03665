import { type Logger, UnavailableError } from "@taiga-mcp/service";
import type { Request, Response } from "express";
import { z } from "zod";
import type { Interaction } from "../engine/boundary/ports.ts";
import { type LimitedLogin, type LoginSource, TooManyLoginsError } from "../login/limited-login.ts";
import { DEVICE_COOKIE_SECONDS } from "../login/device-cookies.ts";
import { type LoginOutcome, LoginThrottledError } from "../login/login-backend.ts";
import { type LoginPage, renderLoginPage } from "./views/login-page.ts";
import type { CompleteLogin } from "./complete-login.ts";
import type { Csrf } from "./csrf.ts";
import { LoginForm, toTypedName } from "./forms.ts";
import { InteractionError } from "./interaction-error.ts";
import { toBasePath } from "./interaction-path.ts";
import { createCookieSecret, createOwnCookie } from "./own-cookie.ts";
import { sendPage } from "./send-page.ts";

/** Seconds to wait after Taiga did not answer. */
export const RETRY_AFTER_SECONDS = 10;

export interface LoginStepDeps {
  /** Checks passwords; left out, the page does not ask for one. */
  password?: LimitedLogin | undefined;
  /** Whether users may log in on Taiga's own pages. */
  offersTaiga: boolean;
  completeLogin: CompleteLogin;
  csrf: Csrf;
  taigaHost: string;
  /** Our own origin. */
  issuer: string;
  logger: Logger;
}

/** The step in which a user proves who they are. */
export interface LoginStep {
  show: (res: Response, interaction: Interaction) => Promise<void>;
  /** Reads the form; the page again when it does not lead on, with what was typed but the password. */
  submit: (req: Request, res: Response, interaction: Interaction) => Promise<void>;
  /** The page again, because another way of logging in did not lead on. */
  refuse: (res: Response, interaction: Interaction, refusal: Refusal) => Promise<void>;
}

/** Why the page is shown again. */
export type Refusal = Pick<LoginPage, "alert" | "fieldErrors" | "username"> & {
  status: number;
  retryAfterSeconds?: number;
};

export function createLoginStep(deps: LoginStepDeps): LoginStep {
  const { password, offersTaiga, completeLogin, csrf, taigaHost, issuer, logger } = deps;
  const cookie = createOwnCookie({
    issuer,
    name: "browser",
    maxAgeSeconds: DEVICE_COOKIE_SECONDS,
  });

  async function refuse(res: Response, interaction: Interaction, refusal: Refusal): Promise<void> {
    const { status, retryAfterSeconds, ...typed } = refusal;
    if (retryAfterSeconds !== undefined) res.set("Retry-After", String(retryAfterSeconds));
    const page = await renderLoginPage({
      basePath: toBasePath(interaction.uid),
      csrfTokens: {
        ...(password !== undefined && { login: csrf.issue(interaction.uid, "login") }),
        ...(offersTaiga && { taiga: csrf.issue(interaction.uid, "taiga") }),
      },
      cancelCsrfToken: csrf.issue(interaction.uid, "cancel"),
      client: interaction.client,
      taigaHost,
      ...typed,
    });
    sendPage(res, status, page);
  }

  /** @returns what to show instead when Taiga cannot check the password now. */
  async function tryLogin(
    login: LimitedLogin,
    form: LoginForm,
    source: LoginSource,
  ): Promise<LoginOutcome | Refusal> {
    try {
      return await login.login(form, source);
    } catch (error) {
      if (error instanceof TooManyLoginsError) return toTooMany(error, form.username);
      if (error instanceof LoginThrottledError) {
        return { ...toThrottled(error), username: form.username };
      }
      if (!(error instanceof UnavailableError)) throw error;
      logger.warn({ err: error }, "a login could not be checked");
      return {
        status: 503,
        retryAfterSeconds: RETRY_AFTER_SECONDS,
        username: form.username,
        alert: `${error.message} Your password was not checked. Try again in a moment.`,
      };
    }
  }

  return {
    refuse,

    show: (res, interaction) => refuse(res, interaction, { status: 200 }),

    submit: async (req, res, interaction) => {
      const form = LoginForm.safeParse(req.body);
      if (!form.success) return refuse(res, interaction, toFieldErrors(form.error, req.body));
      if (password === undefined)
        throw new InteractionError("wrong_step", toBasePath(interaction.uid));
      const browser = cookie.read(req) ?? createCookieSecret();
      const outcome = await tryLogin(password, form.data, { address: req.ip ?? "", browser });
      if ("status" in outcome) return refuse(res, interaction, outcome);
      if (!outcome.ok) return refuse(res, interaction, toWrongCredentials(form.data.username));
      cookie.set(res, browser);
      await completeLogin(req, res, interaction, outcome);
    },
  };
}

const toWrongCredentials = (username: string): Refusal => ({
  status: 400,
  username,
  alert: "User name or password is wrong, or the account is not active.",
});

const toTooMany = (
  { message, retryAfterSeconds }: TooManyLoginsError,
  username: string,
): Refusal => ({
  status: 429,
  retryAfterSeconds,
  username,
  alert: `${message} Your password was not checked. Try again in ${toWait(retryAfterSeconds)}.`,
});

const toWait = (seconds: number): string =>
  seconds <= 90 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`;

/** @param error says how long Taiga lets nobody from here log in. */
export const toThrottled = ({ retryAfterSeconds }: LoginThrottledError): Refusal => ({
  status: 429,
  retryAfterSeconds,
  alert: `Taiga accepts no logins from this server right now. Try again in ${toWait(retryAfterSeconds)}.`,
});

function toFieldErrors(error: z.ZodError<LoginForm>, body: unknown): Refusal {
  const { username, password } = z.flattenError(error).fieldErrors;
  const typedName = toTypedName(body);
  return {
    status: 400,
    ...(typedName !== undefined && { username: typedName }),
    fieldErrors: {
      ...(username?.[0] !== undefined && { username: username[0] }),
      ...(password?.[0] !== undefined && { password: password[0] }),
    },
  };
}
