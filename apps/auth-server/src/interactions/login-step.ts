import { type Logger, UnavailableError } from "@taiga-mcp/service";
import type { Request, Response } from "express";
import { z } from "zod";
import type { Interaction, Interactions } from "../engine/ports.ts";
import {
  type LoginBackend,
  type LoginOutcome,
  LoginThrottledError,
} from "../login/login-backend.ts";
import type { Vault } from "../vault/vault.ts";
import { type LoginPage, renderLoginPage } from "../views/login-page.ts";
import type { Csrf } from "./csrf.ts";
import { LoginForm, toTypedName } from "./forms.ts";
import { toBasePath } from "./interaction-path.ts";
import { sendPage } from "./send-page.ts";

/** Seconds to wait after Taiga did not answer. */
const RETRY_AFTER_SECONDS = 10;

export interface LoginStepDeps {
  interactions: Pick<Interactions, "finishLogin">;
  vault: Pick<Vault, "hold">;
  login: LoginBackend;
  csrf: Csrf;
  taigaHost: string;
  toAccountId: (userId: number) => string;
  logger: Logger;
}

/** The step in which a user proves who they are. */
export interface LoginStep {
  show: (res: Response, interaction: Interaction) => Promise<void>;
  /** Reads the form; the page again when it does not lead on, with what was typed but the password. */
  submit: (req: Request, res: Response, interaction: Interaction) => Promise<void>;
}

type Refusal = Pick<LoginPage, "alert" | "fieldErrors" | "username"> & {
  status: number;
  retryAfterSeconds?: number;
};

export function createLoginStep(deps: LoginStepDeps): LoginStep {
  const { interactions, vault, login, csrf, taigaHost, toAccountId, logger } = deps;

  async function send(res: Response, interaction: Interaction, refusal: Refusal): Promise<void> {
    const { status, retryAfterSeconds, ...typed } = refusal;
    if (retryAfterSeconds !== undefined) res.set("Retry-After", String(retryAfterSeconds));
    const page = await renderLoginPage({
      basePath: toBasePath(interaction.uid),
      csrfToken: csrf.issue(interaction.uid, "login"),
      cancelCsrfToken: csrf.issue(interaction.uid, "cancel"),
      client: interaction.client,
      taigaHost,
      ...typed,
    });
    sendPage(res, status, page);
  }

  /** @returns what to show instead when Taiga cannot check the password now. */
  async function tryLogin(form: LoginForm): Promise<LoginOutcome | Refusal> {
    try {
      return await login.login(form);
    } catch (error) {
      if (error instanceof LoginThrottledError) return toThrottled(error, form.username);
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
    show: (res, interaction) => send(res, interaction, { status: 200 }),

    submit: async (req, res, interaction) => {
      const form = LoginForm.safeParse(req.body);
      if (!form.success) return send(res, interaction, toFieldErrors(form.error, req.body));
      const outcome = await tryLogin(form.data);
      if ("status" in outcome) return send(res, interaction, outcome);
      if (!outcome.ok) return send(res, interaction, toWrongCredentials(form.data.username));

      await vault.hold(interaction.uid, outcome);
      await interactions.finishLogin(req, res, interaction, toAccountId(outcome.user.id));
    },
  };
}

const toWrongCredentials = (username: string): Refusal => ({
  status: 400,
  username,
  alert: "User name or password is wrong, or the account is not active.",
});

const toThrottled = ({ retryAfterSeconds }: LoginThrottledError, username: string): Refusal => ({
  status: 429,
  retryAfterSeconds,
  username,
  alert: `Taiga accepts no logins from this server right now. Try again in ${retryAfterSeconds} seconds.`,
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
