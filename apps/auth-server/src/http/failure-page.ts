import type { Failure } from "../engine/boundary/ports.ts";
import { type ErrorPage, renderErrorPage } from "../pages/views/error-page.ts";

const START_AGAIN = "Go back to the app that sent you here and connect again.";

/** What the errors mean to the person who sees them. */
const PAGES: Readonly<Record<string, Omit<ErrorPage, "code">>> = {
  invalid_client: {
    title: "This app is not known here",
    message:
      "The app that sent you here is not registered with this server, or its registration has ended.",
    advice: "Remove this connection in the app and add it again, so that the app registers anew.",
  },
  invalid_redirect_uri: {
    title: "This app may not be sent an answer there",
    message: "The address the app asks to be answered at is not one that it registered.",
    advice: START_AGAIN,
  },
  temporarily_unavailable: {
    title: "Not available right now",
    message: "Something this server depends on does not answer.",
    advice: "Nothing is lost. Try again in a moment.",
  },
  server_error: {
    title: "Something went wrong here",
    message: "This is a mistake of this server, not yours.",
    advice: `${START_AGAIN} If it stays, tell your administrator.`,
  },
  too_many_requests: {
    title: "Too many logins at once",
    message: "More logins were begun from your network in the last minute than this server takes.",
    advice: "Nothing is lost. Wait a minute, then connect again from the app.",
  },
  not_found: {
    title: "There is no such page",
    message: "Nothing is served at this address.",
    action: { href: "/", label: "To the start page" },
  },
};

const UNREADABLE_DOCUMENT = {
  title: "This app could not be checked",
  advice:
    "Nothing was changed. Try again in a few minutes; if it stays, tell your administrator, or whoever makes the app.",
};

/** The page for an authorization that cannot go on and cannot be sent back to its client. */
export function renderFailurePage({ error, subject, description }: Failure): Promise<string> {
  if (subject === "client_document") {
    const message = description ?? "The app's own description cannot be read.";
    return renderErrorPage({ ...UNREADABLE_DOCUMENT, message, code: error });
  }
  const page = PAGES[error] ?? {
    title: "This cannot go on",
    message: `The app's request was refused: ${(description ?? error).replace(/\.$/, "")}.`,
    advice: START_AGAIN,
  };
  return renderErrorPage({ ...page, code: error });
}
