import { html } from "hono/html";
import type { Activity } from "../../grants/activity-log.ts";
import { toDisplayName } from "../../pages/views/display-name.ts";
import type { Html } from "../../pages/views/html.ts";
import { renderLayout } from "../../pages/views/layout.ts";
import { renderAlert, renderDone } from "../../pages/views/notice.ts";
import type { ConnectionView, Notice } from "./connection-view.ts";
import { renderActivity } from "./activity-list.ts";
import { renderConnectionFacts, toClientName } from "./connection-facts.ts";

export interface ConnectionsPage {
  /** Path of the page: its forms post below it. */
  basePath: string;
  csrfToken: string;
  user: { username: string; fullName: string };
  taigaName: string;
  notice: Notice | undefined;
  /** In display order. */
  connections: readonly ConnectionView[];
  activity: Activity;
  /** Epoch seconds. */
  now: number;
}

/** All connections of a user, with a button to end each, and what happened lately. */
export function renderConnectionsPage(page: ConnectionsPage): Promise<string> {
  const { basePath, connections, user, taigaName, csrfToken } = page;
  return renderLayout({
    title: "Your connections",
    wide: true,
    content: html` <h1>Your connections</h1>
      <p class="lead">
        ${connections.length === 0 ? "No app is connected" : "These apps can work"} in Taiga as
        <strong><bdi>${toDisplayName(user.fullName) ?? toDisplayName(user.username)}</bdi></strong>
        (<bdi>${toDisplayName(user.username)}</bdi> on ${taigaName}).
      </p>
      ${renderNotice(page.notice)}
      ${connections.map((connection) => renderConnection(connection, page))}
      ${
        connections.length < 2
          ? ""
          : html`<p class="all"><a href="${basePath}/disconnect">Disconnect all apps</a></p>`
      }
      <h2>Recent activity</h2>
      ${renderActivity(page.activity, page.now)}
      <form class="leave" method="post" action="${basePath}/logout">
        ${renderToken(csrfToken)}
        <button class="button quiet" type="submit">Log out of this page</button>
      </form>`,
    footer: html`<p>
        Do you see an app that you do not know? Disconnect it and change your password in Taiga.
      </p>
      <p>Logging out here disconnects no app. <a href="/">How to connect a client</a></p>`,
  });
}

export const renderNotice = (notice: Notice | undefined): Html | "" => {
  if (notice === undefined) return "";
  return notice.kind === "done" ? renderDone(notice.text) : renderAlert(notice.text);
};

export const renderToken = (csrfToken: string): Html =>
  html`<input type="hidden" name="csrf" value="${csrfToken}" />`;

function renderConnection(
  connection: ConnectionView,
  { basePath, csrfToken, now }: ConnectionsPage,
): Html {
  const path = `${basePath}/connections/${connection.gid}`;
  const name = toClientName(connection);
  return html`<section class="connection" aria-labelledby="name-${connection.gid}">
    <h2 id="name-${connection.gid}"><bdi>${name}</bdi></h2>
    ${renderConnectionFacts(connection, now)}
    <form class="actions" method="post" action="${path}/disconnect">
      ${renderToken(csrfToken)}
      <button class="button quiet ends" type="submit">
        Disconnect<span class="visually-hidden"> ${name}</span>
      </button>
      <a class="button quiet" href="${path}"
        >Limit<span class="visually-hidden"> what ${name} may do</span></a
      >
    </form>
  </section>`;
}

/** Asks before all connections are ended. */
export const renderDisconnectAllPage = ({
  basePath,
  csrfToken,
  count,
}: Pick<ConnectionsPage, "basePath" | "csrfToken"> & { count: number }): Promise<string> =>
  renderLayout({
    title: "Disconnect all apps",
    content: html` <h1>Disconnect all ${count} apps?</h1>
      <p class="lead">
        None of them can work in Taiga for you any more, at once. Nothing in Taiga is deleted. To
        use one again, connect it again and log in.
      </p>
      <form class="actions" method="post" action="${basePath}/disconnect">
        ${renderToken(csrfToken)}
        <button class="button primary" type="submit">Disconnect all</button>
        <a class="button quiet" href="${basePath}">Back</a>
      </form>`,
  });
