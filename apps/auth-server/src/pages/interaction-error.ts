import { CodedError } from "@taiga-mcp/service";
import { ACCOUNT_PATH } from "./interaction-path.ts";

/** The page for each reason why a browser cannot continue an interaction. */
const PAGES = {
  already_connected: {
    status: 200,
    title: "You are connected",
    message: "You allowed access, and this browser has told your app.",
    advice:
      "You can close this page and go back to your app. If the app is still waiting, connect again from there.",
  },
  already_declined: {
    status: 200,
    title: "Nothing was connected",
    message: "You cancelled, and this browser has told your app.",
    advice: "You can close this page. To connect after all, start again in your app.",
  },
  interaction_ended: {
    status: 400,
    title: "This page has expired",
    message: "It was already answered, is too old, or was opened in another browser.",
    advice: "Go back to your app and connect again. Cookies must be allowed for this site.",
  },
  login_expired: {
    status: 400,
    title: "Your login has expired",
    message: "Too much time has passed since you logged in, or this page was already answered.",
    advice: "Go back to your app and connect again.",
  },
  wrong_step: {
    status: 409,
    title: "Wrong step",
    message: "This form belongs to another step of the login.",
    advice: undefined,
  },
  foreign_form: {
    status: 403,
    title: "This form was sent by another site",
    message: "The form did not come from a page of this server. Nothing was changed.",
    advice: "If another site sent you here, close this page.",
  },
  stale_form: {
    status: 403,
    title: "This form is out of date",
    message: "The form does not belong to this login. Nothing was changed.",
    advice: undefined,
  },
  other_account: {
    status: 409,
    title: "Another account is logged in now",
    message:
      "Since you opened this form, a login with another Taiga account has replaced yours, perhaps in another tab. Nothing was allowed.",
    advice: "Go back: the page shows which account is logged in, and lets you use another one.",
  },
  foreign_return: {
    status: 400,
    title: "This login was not started here",
    message:
      "Taiga sent you here, but this browser has not started a login recently, or has already completed it.",
    advice:
      "Nothing was changed. Go back to your app and connect again, and stay in the same browser.",
  },
  too_many_logins: {
    status: 429,
    title: "Too many logins",
    message: "Too many logins to this page have come from your network in the last minute.",
    advice: "Your password was not checked. Try again in a minute.",
  },
  flow_ended: {
    status: 400,
    title: "This login has expired",
    message: "Taiga’s answer was already used, or you took more than ten minutes.",
    advice: "Start again from the login page.",
  },
} as const;

export type InteractionErrorCode = keyof typeof PAGES;

/** An interaction cannot continue; the page says why and what to do. */
export class InteractionError extends CodedError<InteractionErrorCode> {
  /** Path of the interaction's page, if going back there helps. */
  private readonly backTo: string | undefined;

  constructor(code: InteractionErrorCode, backTo?: string) {
    super(code, PAGES[code].message);
    this.backTo = backTo;
  }

  get status(): number {
    return PAGES[this.code].status;
  }

  get title(): string {
    return PAGES[this.code].title;
  }

  /** Where a button of the page leads. */
  get action(): { href: string; label: string } | undefined {
    if (this.backTo !== undefined) return { href: this.backTo, label: "Back to the login" };
    if (this.code !== "already_connected") return undefined;
    return { href: ACCOUNT_PATH, label: "Your connections" };
  }

  get advice(): string | undefined {
    return PAGES[this.code].advice;
  }
}
