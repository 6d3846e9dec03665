import { html } from "hono/html";
import { toDisplayName } from "./display-name.ts";
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
  /** Name of the app that asked. A stranger wrote it. */
  clientName?: string | undefined;
  /** The redirect URI that was refused. A stranger wrote it: it is text, never a link. */
  refusedAddress?: string | undefined;
  /** Id of the request in the log. */
  requestId?: string | undefined;
  /** Button to continue; `href` is a path on this server. */
  action?: { href: string; label: string };
}

/** The page for all errors; the caller sets the status. */
export function renderErrorPage(page: ErrorPage): Promise<string> {
  const { title, message, advice, code, requestId, action } = page;
  const name = toDisplayName(page.clientName);
  const address = toDisplayName(page.refusedAddress, MAX_ADDRESS);
  return renderLayout({
    title,
    content: html` <h1>${title}</h1>
      <p class="lead">${message}</p>
      ${
        name === undefined && address === undefined
          ? ""
          : html`<dl class="facts">
              ${name === undefined ? "" : renderFact("App", name)}
              ${address === undefined ? "" : renderFact("Address", address)}
            </dl>`
      }
      ${advice === undefined ? "" : html`<p class="advice">${advice}</p>`}
      ${action === undefined ? "" : html`<div class="actions"><a class="button primary" href="${action.href}">${action.label}</a></div>`}`,
    ...((code ?? requestId) !== undefined && { footer: renderReference(code, requestId) }),
  });
}

const MAX_ADDRESS = 200;

const renderFact = (term: string, text: string): Html =>
  html`<div>
    <dt>${term}</dt>
    <dd><bdi>${text}</bdi></dd>
  </div>`;

const renderReference = (code: string | undefined, requestId: string | undefined): Html =>
  html`${code === undefined ? "" : html`<p>Error <code>${code}</code></p>`}${requestId === undefined ? "" : html`<p>Request <code>${requestId}</code></p>`}`;
