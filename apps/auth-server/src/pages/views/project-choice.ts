import { html } from "hono/html";
import { toDisplayName } from "./display-name.ts";
import type { Html } from "./html.ts";

/** What of the question about projects a consent page shows. */
export interface ProjectQuestion {
  /** The user's own, in the order to show; `undefined` when Taiga does not say. */
  own: readonly { id: number; name: string; slug: string }[] | undefined;
  selected: "all" | "chosen";
  /** Ids of those that are ticked. */
  ticked: readonly number[];
}

/**
 * Where the client may work. The list is plain checkboxes: it works without scripts, and the
 * browser's own search finds a name in it.
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
      <p id="projects-all-text">Also those that you join later.</p>
    </div>
    ${canChoose ? renderChosen(own, choice === "chosen", ticked) : ""}
    ${
      own === undefined
        ? html`<p class="small">
            Taiga does not answer right now, so single projects cannot be chosen. Load this page
            again in a moment, or go on with all of them.
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
              ><bdi>${toDisplayName(name) ?? slug}</bdi> <span class="slug">${slug}</span></label
            >
          </div>`,
      )}
    </div>`;
