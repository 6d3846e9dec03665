import { html } from "hono/html";
import { toDisplayName } from "./display-name.ts";
import type { Html } from "./html.ts";
import { renderCaution } from "./notice.ts";
import { type RedirectTarget, shortenHost } from "./redirect-target.ts";

/** A client as shown to the user. Its links and images are never used. */
export interface RequestingClient {
  /** The name in its registration or document; not verified. */
  name: string | undefined;
  /** The verified host of the client's metadata document; absent for a registered client. */
  documentHost?: string | undefined;
  redirectUri: string;
}

/** Which app is asking, as the start of a sentence. */
export function renderWhoIsAsking(client: RequestingClient): Html {
  const name = toDisplayName(client.name);
  return name === undefined
    ? html`An app that <strong>gives no name</strong>`
    : html`An app that says its name is <strong><bdi>${name}</bdi></strong>`;
}

/** The verified host, if there is one, as a row in a list of facts. */
export const renderDocumentHostFact = ({ documentHost }: RequestingClient): Html | "" =>
  documentHost === undefined
    ? ""
    : html`<div>
        <dt>Verified host</dt>
        <dd>
          ${shortenHost(documentHost)}<span class="note"
            >this site describes the app; the app chose its name itself</span
          >
        </dd>
      </div>`;

/**
 * Where the browser goes next, in one line, and why to be careful. Loopback is how every local client
 * works, so that its caution is quiet text; anything else is a notice.
 */
export const renderRoute = ({ kind, name, description, caution }: RedirectTarget): Html =>
  html`<p class="route small">Sends you to <strong>${name}</strong>, ${description}.</p>
    ${kind === "loopback" ? html`<p class="quiet-text small">${caution}</p>` : renderCaution(caution)}`;
