import { html } from "hono/html";
import { toDisplayName } from "./display-name.ts";
import type { Html } from "./html.ts";
import { type RedirectTarget, shortenHost } from "./redirect-target.ts";

/** A client as its user sees it. Nothing of it is linked to or loaded. */
export interface RequestingClient {
  /** As registered by whoever registered it. */
  name: string | undefined;
  /** The host that publishes the client's metadata document, known for certain; none if registered. */
  documentHost?: string | undefined;
  redirectUri: string;
}

/** Who is asking, as the start of a sentence. */
export function renderWhoIsAsking(client: RequestingClient): Html {
  const name = toDisplayName(client.name);
  return name === undefined
    ? html`An app that <strong>gives no name</strong>`
    : html`An app that says its name is <strong><bdi>${name}</bdi></strong>`;
}

/** Whose word the client's name is, when that is known, as a row of a list of facts. */
export const renderDocumentHostFact = ({ documentHost }: RequestingClient): Html | "" =>
  documentHost === undefined
    ? ""
    : html`<div>
        <dt>Verified host</dt>
        <dd>
          ${shortenHost(documentHost)}<span class="note"
            >its site describes the app; the name is the app’s own claim</span
          >
        </dd>
      </div>`;

/** Where the browser goes next, as a row of a list of facts. */
export const renderRedirectFact = ({ name, description }: RedirectTarget): Html =>
  html`<div>
    <dt>Sends you to</dt>
    <dd>${name}<span class="note">${description}</span></dd>
  </div>`;
