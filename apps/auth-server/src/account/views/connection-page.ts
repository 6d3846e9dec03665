import { type AccessLevel, isWithin, TOOL_ACCESS } from "@taiga-mcp/service";
import { html } from "hono/html";
import { renderLevels } from "../../pages/views/consent-page.ts";
import type { Html } from "../../pages/views/html.ts";
import { renderLayout } from "../../pages/views/layout.ts";
import { renderProjectList, renderProjectQuestion } from "../../pages/views/project-choice.ts";
import type { ConnectionView, KnownProject, Notice } from "./connection-view.ts";
import { renderConnectionFacts, toClientName } from "./connection-facts.ts";
import { renderNotice, renderToken } from "./connections-page.ts";

export interface ConnectionPage {
  basePath: string;
  csrfToken: string;
  notice: Notice | undefined;
  connection: ConnectionView;
  /** The user's projects; `undefined` when Taiga did not name them. */
  own: readonly KnownProject[] | undefined;
  /** Epoch seconds. */
  now: number;
}

/** One connection, with a form to lower what it may do. */
export function renderConnectionPage(page: ConnectionPage): Promise<string> {
  const { basePath, csrfToken, connection, now } = page;
  const name = toClientName(connection);
  return renderLayout({
    title: `Limit ${name}`,
    wide: true,
    content: html` <h1>Limit <bdi>${name}</bdi></h1>
      <p class="lead">
        You can allow it less than today; it stays connected. To allow it more, disconnect it and
        connect it again.
      </p>
      ${renderNotice(page.notice)} ${renderConnectionFacts(connection, now)}
      <form class="limit" method="post" action="${basePath}/connections/${connection.gid}/limit">
        ${renderToken(csrfToken)}
        <fieldset>
          <legend>What may it do?</legend>
          ${renderLevels({ levels: levelsUpTo(connection.access), selected: connection.access })}
        </fieldset>
        ${renderProjects(page)}
        <div class="actions">
          <button class="button primary" type="submit">Save</button>
          <a class="button quiet" href="${basePath}">Back</a>
        </div>
      </form>`,
  });
}

/** The levels that some tool needs, up to the one that was granted, which is always there. */
const levelsUpTo = (limit: AccessLevel): AccessLevel[] => {
  const levels = TOOL_ACCESS.map(({ level }) => level).filter((level) => isWithin(level, limit));
  return levels.includes(limit) ? levels : [...levels, limit];
};

function renderProjects({ connection: { projects }, own }: ConnectionPage): Html {
  if (projects === "all") return renderProjectQuestion({ own, selected: "all", ticked: [] });
  return html`<fieldset class="projects">
    <legend>In which projects?</legend>
    <input type="hidden" name="projects" value="chosen" />
    ${renderProjectList(
      projects.map(({ id, name, slug }) => ({ id, name: name ?? "", slug })),
      projects.map(({ id }) => id),
    )}
  </fieldset>`;
}
