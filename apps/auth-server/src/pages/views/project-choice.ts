import { html } from "hono/html";
import { toDisplayName } from "./display-name.ts";
import type { Html } from "./html.ts";

/** The question about projects on a consent page. */
export interface ProjectQuestion {
  /** The user's projects in display order; `undefined` when Taiga does not answer. */
  own: readonly { id: number; name: string; slug: string }[] | undefined;
  selected: "all" | "chosen";
  /** Ids of the ticked projects. */
  ticked: readonly number[];
}

/**
 * The question in which projects the client may work. The list consists of plain checkboxes, so it
 * works without scripts and with the browser's own search.
 */
export function renderProjectQuestion({ own, selected, ticked }: ProjectQuestion): Html {
  const canChoose = own !== undefined && own.length > 0;
  const choice = canChoose ? selected : "all";
  return html`<fieldset class="projects">
    <legend>In which projects?</legend>
    <div class="choice">
      <input
        type="radio"
        name="projects"
        id="projects-all"
        value="all"
        required
        aria-describedby="projects-all-text"
        ${choice === "all" ? html` checked` : ""}
      />
      <label for="projects-all">All projects</label>
      <p id="projects-all-text">Including projects that you join later.</p>
    </div>
    ${canChoose ? renderChosen(own, choice === "chosen", ticked) : ""}
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

const renderChosen = (
  own: NonNullable<ProjectQuestion["own"]>,
  checked: boolean,
  ticked: readonly number[],
): Html =>
  html`<div class="choice">
      <input
        type="radio"
        name="projects"
        id="projects-chosen"
        value="chosen"
        aria-describedby="projects-chosen-text"
        ${checked ? html` checked` : ""}
      />
      <label for="projects-chosen">Only projects that I choose</label>
      <p id="projects-chosen-text">Everything else stays hidden from the app.</p>
    </div>
    <div class="project-list" role="group" aria-label="Your projects">
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
