import type { Failure } from "../engine/boundary/ports.ts";
import { type ErrorPage, renderErrorPage } from "../pages/views/error-page.ts";

const START_AGAIN = "Go back to the app that sent you here and connect again.";

/** The page for each error code. */
const PAGES: Readonly<Record<string, Omit<ErrorPage, "code">>> = {
  invalid_client: {
    title: "This app is not known here",
    message:
      "The app that sent you here is not registered with this server, or its registration has expired.",
    advice: "Remove this connection in the app and add it again, so that the app registers again.",
  },
  invalid_redirect_uri: {
    title: "Return address not registered",
    message: "The app wants to send you back to an address that it has not registered.",
    advice: START_AGAIN,
  },
  temporarily_unavailable: {
    title: "Not available right now",
    message: "A service that this server depends on is not responding.",
    advice: "Nothing is lost. Try again in a moment.",
  },
  server_error: {
    title: "Something went wrong",
    message: "This is an error of this server; you did nothing wrong.",
    advice: `${START_AGAIN} If the problem persists, tell your administrator.`,
  },
  too_many_requests: {
    title: "Too many logins at once",
    message:
      "In the last minute, more logins were started from your network than this server allows.",
    advice: "Nothing is lost. Wait a minute, then connect again from the app.",
  },
  not_found: {
    title: "Page not found",
    message: "There is no page at this address.",
    action: { href: "/", label: "Go to the start page" },
  },
};

const UNREADABLE_DOCUMENT = {
  title: "This app could not be checked",
  advice:
    "Nothing was changed. Try again in a few minutes. If the problem persists, tell your administrator or the maker of the app.",
};

/** The page for a failed authorization whose error cannot be sent back to the client. */
export function renderFailurePage(failure: Failure): Promise<string> {
  const { error, subject, description, clientName, refusedAddress, requestId } = failure;
  const details = { code: error, clientName, refusedAddress, requestId };
  if (subject === "client_document") {
    const message = description ?? "The app's metadata document cannot be read.";
    return renderErrorPage({ ...UNREADABLE_DOCUMENT, message, ...details });
  }
  const page = PAGES[error] ?? {
    title: "The request was rejected",
    message: `The app's request was rejected: ${(description ?? error).replace(/\.$/, "")}.`,
    advice: START_AGAIN,
  };
  return renderErrorPage({ ...page, ...details });
}
