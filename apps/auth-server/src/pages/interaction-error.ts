import { CodedError } from "@taiga-mcp/service";

/** Why a browser cannot go on with an interaction, and what its page says. */
const PAGES = {
  already_connected: {
    status: 200,
    title: "You are connected",
    message: "You have allowed access, and this browser has passed it on to your app.",
    advice:
      "You can close this page and go back to your app. If it is still waiting, connect again from there.",
  },
  already_declined: {
    status: 200,
    title: "Nothing was connected",
    message: "You have cancelled, and this browser has told your app so.",
    advice: "You can close this page. To connect after all, start again in your app.",
  },
  interaction_ended: {
    status: 400,
    title: "This page has ended",
    message: "It was answered already, is too old, or was opened in another browser.",
    advice: "Go back to your app and connect again. Cookies must be allowed for this site.",
  },
  login_expired: {
    status: 400,
    title: "Your login has ended",
    message: "Too much time has passed since you logged in, or this page was answered already.",
    advice: "Go back to your app and connect again.",
  },
  wrong_step: {
    status: 409,
    title: "One step too far",
    message: "This form belongs to another step of the login.",
    advice: undefined,
  },
  foreign_form: {
    status: 403,
    title: "That came from somewhere else",
    message: "The form was not sent by a page of this server, so nothing was done.",
    advice: "If you were sent here by another site, close this page.",
  },
  stale_form: {
    status: 403,
    title: "This form is out of date",
    message: "The form does not belong to this login, so nothing was done.",
    advice: undefined,
  },
  foreign_return: {
    status: 400,
    title: "This login was not started here",
    message:
      "Taiga sent you back, but this browser has not asked for it lately, or was sent back before.",
    advice: "Nothing was done. Go back to your app and connect again, in one and the same browser.",
  },
  flow_ended: {
    status: 400,
    title: "This login has ended",
    message: "Taiga’s answer was used already, or you took more than ten minutes.",
    advice: "Start again from the login page.",
  },
} as const;

export type InteractionErrorCode = keyof typeof PAGES;

/** An interaction cannot go on like this; its page says why and what to do. */
export class InteractionError extends CodedError<InteractionErrorCode> {
  /** The interaction's own page, when going back there helps. */
  readonly backTo: string | undefined;

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

  get advice(): string | undefined {
    return PAGES[this.code].advice;
  }
}
