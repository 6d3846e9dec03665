import { html } from "hono/html";
import type { AccountEvent, Activity, ToolWrite } from "../../grants/activity-log.ts";
import { toDisplayName } from "../../pages/views/display-name.ts";
import type { Html } from "../../pages/views/html.ts";
import { renderTimeAgo } from "../../pages/views/time-ago.ts";

const PHRASES: Readonly<Record<AccountEvent["kind"], string>> = {
  account_login: "You logged in to this page",
  connected: "You connected",
  declined: "You cancelled the login of",
  narrowed: "You limited what it may do:",
  disconnected: "You disconnected",
  ended_by_operator: "The operator of this server disconnected",
};

/** What happened, the newest first. */
export function renderActivity({ events, writes }: Activity, now: number): Html {
  const lines = [
    ...events.map((event) => ({ at: event.at, text: renderEvent(event) })),
    ...writes.map((write) => ({ at: write.at, text: renderWrite(write) })),
  ].toSorted((one, other) => other.at - one.at);
  if (lines.length === 0) return html`<p class="small">Nothing in the last 30 days.</p>`;
  return html`<ol class="activity">
    ${lines.map(
      ({ at, text }) =>
        html`<li>${text} <span class="small when">${renderTimeAgo(at, now)}</span></li>`,
    )}
  </ol>`;
}

const renderEvent = ({ kind, client, network }: AccountEvent): Html =>
  html`${PHRASES[kind]}${kind === "account_login" ? "" : html` ${renderName(client)}`}${network === undefined || network === "" ? "" : ` from ${network}`}`;

const renderWrite = ({ client, tool, object, outcome }: ToolWrite): Html =>
  html`${renderName(client)} ran
    <code>${tool}</code
    >${object === "" ? "" : html` on <bdi>${toDisplayName(object, 80)}</bdi>`}${outcome === "ok" ? "" : html`: <strong>${outcome}</strong>`}`;

const renderName = (client: string | undefined): Html =>
  html`<bdi>${toDisplayName(client) ?? "an app that gives no name"}</bdi>`;
