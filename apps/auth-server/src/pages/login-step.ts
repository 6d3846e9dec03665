import { type Logger, UnavailableError } from "@taiga-mcp/service";
import type { Request, Response } from "express";
import { z } from "zod";
import type { Interaction } from "../engine/boundary/ports.ts";
import {
  type LimitedLogin,
  type LimitedOutcome,
  type LoginSource,
  TooManyLoginsError,
} from "../login/limited-login.ts";
import { DEVICE_COOKIE_SECONDS } from "../login/device-cookies.ts";
import { LoginThrottledError } from "../login/login-backend.ts";
import { renderLoginPage } from "./views/login-page.ts";
import type { CompleteLogin } from "./complete-login.ts";
import type { Csrf } from "./csrf.ts";
import type { FormErrors, LoginErrors } from "./form-errors.ts";
import { LoginForm, toTypedName } from "./forms.ts";
import { InteractionError } from "./interaction-error.ts";
import { toBasePath, toOtherAccountPath } from "./interaction-path.ts";
import { createCookieSecret, createOwnCookie } from "./own-cookie.ts";
import { seeOther, sendPage } from "./send-page.ts";

export interface LoginStepDeps {
  /** Checks passwords; without it, the page does not ask for one. */
  password?: LimitedLogin | undefined;
  /** Whether users may log in on Taiga's own pages. */
  offersTaiga: boolean;
  completeLogin: CompleteLogin;
  formErrors: FormErrors;
  csrf: Csrf;
  taigaName: string;
  /** Where Taiga resets passwords, if that is known. */
  passwordResetUrl?: string | undefined;
  /** This server's origin. */
  issuer: string;
  logger: Logger;
}

/** The step in which a user logs in. */
export interface LoginStep {
  show: (res: Response, interaction: Interaction) => Promise<void>;
  /** Handles the form. If the login fails, redirects to the page, with the typed name, never the password. */
  submit: (req: Request, res: Response, interaction: Interaction) => Promise<void>;
  /** Redirects to the page after a failed login; the page then shows the error. */
  refuse: (res: Response, interaction: Interaction, refusal: Refusal) => Promise<void>;
}

/** The error to show on the page. */
export type Refusal = Omit<LoginErrors, "form"> & {
  /** How long the error is true; as long as the interaction by default. */
  retryAfterSeconds?: number;
};

export function createLoginStep(deps: LoginStepDeps): LoginStep {
  const {
    password,
    offersTaiga,
    completeLogin,
    formErrors,
    csrf,
    taigaName,
    passwordResetUrl,
    issuer,
    logger,
  } = deps;
  const cookie = createOwnCookie({
    issuer,
    name: "browser",
    maxAgeSeconds: DEVICE_COOKIE_SECONDS,
  });

  async function refuse(
    res: Response,
    { uid, step }: Interaction,
    { retryAfterSeconds, ...errors }: Refusal,
  ): Promise<void> {
    await formErrors.keep(uid, { form: "login", ...errors }, retryAfterSeconds);
    seeOther(res, step === "login" ? toBasePath(uid) : toOtherAccountPath(uid));
  }

  async function show(res: Response, interaction: Interaction): Promise<void> {
    const { username, alert, fieldErrors } = (await formErrors.findLogin(interaction.uid)) ?? {};
    const page = await renderLoginPage({
      basePath: toBasePath(interaction.uid),
      csrfTokens: {
        ...(password !== undefined && { login: csrf.issue(interaction.uid, "login") }),
        ...(offersTaiga && { taiga: csrf.issue(interaction.uid, "taiga") }),
      },
      cancelCsrfToken: csrf.issue(interaction.uid, "cancel"),
      client: interaction.client,
      taigaName,
      passwordResetUrl,
      username,
      alert,
      fieldErrors,
    });
    sendPage(res, 200, page);
  }

  /** @returns the outcome, or the error to show when the password cannot be checked now. */
  async function tryLogin(
    login: LimitedLogin,
    form: LoginForm,
    source: LoginSource,
  ): Promise<LimitedOutcome | Refusal> {
    try {
      return await login.login(form, source);
    } catch (error) {
      if (error instanceof TooManyLoginsError) return toTooMany(error, form.username);
      if (error instanceof LoginThrottledError) {
        return { ...toThrottled(error), username: form.username };
      }
      if (!(error instanceof UnavailableError)) throw error;
      logger.warn({ err: error }, "password check failed");
      return {
        username: form.username,
        alert: `${error.message} Your password was not checked. Try again in a moment.`,
      };
    }
  }

  return {
    refuse,

    show,

    submit: async (req, res, interaction) => {
      const form = LoginForm.safeParse(req.body);
      if (!form.success) return refuse(res, interaction, toFieldErrors(form.error, req.body));
      if (password === undefined)
        throw new InteractionError("wrong_step", toBasePath(interaction.uid));
      const browser = cookie.read(req) ?? createCookieSecret();
      const outcome = await tryLogin(password, form.data, { address: req.ip ?? "", browser });
      if (!("ok" in outcome)) return refuse(res, interaction, outcome);
      if (!outcome.ok)
        return refuse(res, interaction, toWrongCredentials(form.data.username, outcome.isLastTry));
      await formErrors.clear(interaction.uid);
      cookie.set(res, browser);
      await completeLogin(req, res, interaction, outcome);
    },
  };
}

const toWrongCredentials = (username: string, isLastTry: boolean): Refusal => ({
  username,
  alert: `User name or password is wrong, or the account is not active.${isLastTry ? " After one more failure, this user name is locked for 15 minutes." : ""}`,
});

const toTooMany = (
  { message, retryAfterSeconds }: TooManyLoginsError,
  username: string,
): Refusal => ({
  retryAfterSeconds,
  username,
  alert: `${message} Your password was not checked. Try again in ${toWait(retryAfterSeconds)}.`,
});

const toWait = (seconds: number): string =>
  seconds <= 90 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`;

/** @param error says how long Taiga throttles logins from this server. */
export const toThrottled = ({ retryAfterSeconds }: LoginThrottledError): Refusal => ({
  retryAfterSeconds,
  alert: `Taiga does not accept logins from this server right now. Try again in ${toWait(retryAfterSeconds)}.`,
});

function toFieldErrors(error: z.ZodError<LoginForm>, body: unknown): Refusal {
  const { username, password } = z.flattenError(error).fieldErrors;
  const typedName = toTypedName(body);
  return {
    ...(typedName !== undefined && { username: typedName }),
    fieldErrors: {
      ...(username?.[0] !== undefined && { username: username[0] }),
      ...(password?.[0] !== undefined && { password: password[0] }),
    },
  };
}
