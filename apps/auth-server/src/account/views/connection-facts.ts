import { html } from "hono/html";
import { ACCESS_TITLES } from "../../pages/views/consent-page.ts";
import { toDisplayName } from "../../pages/views/display-name.ts";
import type { Html } from "../../pages/views/html.ts";
import type { ConnectionView } from "./connection-view.ts";
import { renderTimeAgo } from "../../pages/views/time-ago.ts";

/** Names that fit into a line or two; the page of the connection shows all. */
const SHOWN_PROJECTS = 5;

export const toClientName = ({ clientName }: Pick<ConnectionView, "clientName">): string =>
  toDisplayName(clientName) ?? "An app that gives no name";

/** What a connection may do, and its use, as a list of facts. */
export function renderConnectionFacts(connection: ConnectionView, now: number): Html {
  const { access, connectedAt, use } = connection;
  return html`<dl class="facts">
    ${renderFact("Host", renderHost(connection))} ${renderFact("May", ACCESS_TITLES[access])}
    ${renderFact("Projects", renderProjects(connection))}
    ${renderFact("Connected", renderTimeAgo(connectedAt, now))}
    ${renderFact("Last used", use?.usedAt === undefined ? "not yet" : renderTimeAgo(use.usedAt, now))}
    ${use === undefined || use.network === "" ? "" : renderFact("Network", use.network)}
  </dl>`;
}

const renderFact = (term: string, value: Html | string): Html =>
  html`<div>
    <dt>${term}</dt>
    <dd>${value}</dd>
  </div>`;

function renderHost({ verifiedHost, place }: ConnectionView): Html {
  if (verifiedHost !== undefined) return html`${verifiedHost}<span class="note">verified</span>`;
  return html`not
  verified${place === undefined ? "" : html`<span class="note">it says: ${place}</span>`}`;
}

function renderProjects({ projects }: ConnectionView): Html | string {
  if (projects === "all") return "All projects";
  const named = projects.slice(0, SHOWN_PROJECTS);
  const others = projects.length - named.length;
  return html`${named.map(
    ({ name, slug }, index) =>
      html`${index === 0 ? "" : ", "}<bdi>${toDisplayName(name) ?? toDisplayName(slug)}</bdi>`,
  )}${others === 0 ? "" : ` and ${others} more`}`;
}
