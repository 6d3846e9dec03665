import { html } from "hono/html";
import { toDisplayName } from "./display-name.ts";
import type { Html } from "./html.ts";
import { renderAlert } from "./notice.ts";

/** The question about projects on a consent page. */
export interface ProjectQuestion {
  /** The user's projects in display order; `undefined` when Taiga does not answer. */
  own: readonly { id: number; name: string; slug: string }[] | undefined;
  selected: "all" | "chosen";
  /** Ids of the ticked projects. */
  ticked: readonly number[];
  /** The error in the previous choice. */
  error?: string | undefined;
}

/** From this many projects on, scripts show a field that filters the list. */
const FILTER_FROM = 10;

/**
 * The question in which projects the client may work. The list consists of plain checkboxes, so it
 * works without scripts and with the browser's own search.
 */
export function renderProjectQuestion({ own, selected, ticked, error }: ProjectQuestion): Html {
  const canChoose = own !== undefined && own.length > 0;
  const choice = canChoose ? selected : "all";
  return html`<fieldset class="projects">
    <legend>In which projects?</legend>
    ${error === undefined ? "" : renderAlert(error, "projects-error")}
    <div class="choice">
      <input
        type="radio"
        name="projects"
        id="projects-all"
        value="all"
        required
        aria-describedby="projects-all-text"
        ${choice === "all" ? html` checked` : ""}${error !== undefined && choice === "all" ? html` autofocus` : ""}
      />
      <label for="projects-all">All projects</label>
      <p id="projects-all-text">Including projects that you join later.</p>
    </div>
    ${canChoose ? renderChosen(own, choice === "chosen", ticked, error !== undefined) : ""}
    ${
      own === undefined
        ? html`<p class="small">
            Taiga is not responding right now, so you cannot choose projects. Reload this page in a
            moment, or continue with all projects.
          </p>`
        : ""
    }
  </fieldset>`;
}

/** Hidden without scripts, which do the filtering. */
const filterField: Html = html`<div class="filter" hidden>
  <label class="visually-hidden" for="project-filter">Filter the projects</label>
  <input id="project-filter" type="search" placeholder="Filter" autocomplete="off" />
</div>`;

const renderChosen = (
  own: NonNullable<ProjectQuestion["own"]>,
  checked: boolean,
  ticked: readonly number[],
  hasError: boolean,
): Html =>
  html`<div class="choice">
      <input
        type="radio"
        name="projects"
        id="projects-chosen"
        value="chosen"
        aria-describedby="${hasError ? "projects-error projects-chosen-text" : "projects-chosen-text"}"
        ${checked ? html` checked` : ""}${hasError && checked ? html` autofocus aria-invalid="true"` : ""}
      />
      <label for="projects-chosen">Only projects that I choose</label>
      <p id="projects-chosen-text">Everything else stays hidden from the app.</p>
    </div>
    ${renderProjectList(own, ticked)}`;

/** A box for each project. */
export const renderProjectList = (
  own: NonNullable<ProjectQuestion["own"]>,
  ticked: readonly number[],
): Html =>
  html`<div class="project-list" role="group" aria-label="Your projects">
    ${own.length < FILTER_FROM ? "" : filterField}
    ${own.map(
      ({ id, name, slug }) =>
        html`<div class="project">
          <input
            type="checkbox"
            name="project"
            id="project-${id}"
            value="${id}"
            ${ticked.includes(id) ? html` checked` : ""}
          />
          <label for="project-${id}"
            ><bdi>${toDisplayName(name) ?? toDisplayName(slug)}</bdi>
            <span class="slug">${toDisplayName(slug)}</span></label
          >
        </div>`,
    )}
  </div>`;
