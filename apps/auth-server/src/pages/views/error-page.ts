import { html } from "hono/html";
import type { Html } from "./html.ts";
import { renderLayout } from "./layout.ts";

export interface ErrorPage {
  /** What happened, in a few words. */
  title: string;
  /** Why, in one or two sentences without confidential details. */
  message: string;
  /** What to do about it. */
  advice?: string;
  /** The protocol's error code, such as `invalid_client`, for the developers of the client. */
  code?: string;
  /** Id of the request in the log. */
  requestId?: string;
  /** Button to continue; `href` is a path on this server. */
  action?: { href: string; label: string };
}

/** The page for all errors; the caller sets the status. */
export function renderErrorPage(page: ErrorPage): Promise<string> {
  const { title, message, advice, code, requestId, action } = page;
  return renderLayout({
    title,
    content: html` <h1>${title}</h1>
      <p class="lead">${message}</p>
      ${advice === undefined ? "" : html`<p class="advice">${advice}</p>`}
      ${action === undefined ? "" : html`<div class="actions"><a class="button primary" href="${action.href}">${action.label}</a></div>`}`,
    ...((code ?? requestId) !== undefined && { footer: renderReference(code, requestId) }),
  });
}

const renderReference = (code: string | undefined, requestId: string | undefined): Html =>
  html`${code === undefined ? "" : html`<p>Error <code>${code}</code></p>`}${requestId === undefined ? "" : html`<p>Request <code>${requestId}</code></p>`}`;
