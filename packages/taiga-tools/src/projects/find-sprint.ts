import { type Milestone } from "@taiga-mcp/taiga-client";
import { ToolError } from "../errors.ts";
import { findByName, isSameName } from "../schema/names.ts";
import { type Project, type ProjectDirectory } from "./project-directory.ts";
import { quote } from "../text/quote.ts";

export interface SprintChoice {
  /** Taiga's id; `null` for the backlog. */
  id: number | null;
  name: string;
}

const BACKLOG: SprintChoice = { id: null, name: "backlog" };

/**
 * Finds a sprint by its name, by its slug as in its address, or by a word: `current` (open, and
 * today is within its dates), `next` (the first that starts later) or `backlog` (no sprint).
 *
 * @param today `YYYY-MM-DD`
 * @throws {ToolError} `not_found` or `ambiguous_name`, with candidates.
 */
export async function findSprint(
  directory: ProjectDirectory,
  project: Project,
  reference: string,
  options: { today: string; field: string },
): Promise<SprintChoice> {
  const { today, field } = options;
  if (["backlog", "none", ""].some((word) => isSameName(word, reference))) return BACKLOG;
  const word = ["current", "next"].find((each) => isSameName(each, reference));
  if (word === undefined || hasSprintCalled(project, reference)) {
    const addressed = project.milestones.find(({ slug }) => isSameName(slug, reference));
    return addressed ?? findByName(project.milestones, reference, field, ({ name }) => [name]);
  }
  const open = await directory.openSprints(project.id);
  return word === "current" ? currentSprint(open, today, field) : nextSprint(open, today, field);
}

/** Whether a sprint has this name. A sprint called "Next" takes precedence over the word `next`. */
const hasSprintCalled = (project: Project, reference: string): boolean =>
  project.milestones.some(({ name }) => isSameName(name, reference));

function currentSprint(open: Milestone[], today: string, field: string): SprintChoice {
  const holding = open.filter(
    (sprint) => sprint.estimated_start <= today && today <= sprint.estimated_finish,
  );
  const [current] = holding;
  if (current !== undefined && holding.length === 1) return current;
  throw new ToolError(
    current === undefined ? "not_found" : "ambiguous_name",
    `${field}: ${current === undefined ? "no open sprint includes today" : `${holding.length} open sprints include today`} (${today}). ${listNames(holding.length > 0 ? holding : open)}`,
  );
}

function nextSprint(open: Milestone[], today: string, field: string): SprintChoice {
  const later = open
    .filter((sprint) => sprint.estimated_start > today)
    .toSorted((a, b) => a.estimated_start.localeCompare(b.estimated_start));
  const [next, second] = later;
  if (next === undefined) {
    throw new ToolError(
      "not_found",
      `${field}: no open sprint starts after today (${today}). ${listNames(open)}`,
    );
  }
  if (second?.estimated_start !== next.estimated_start) return next;
  throw new ToolError(
    "ambiguous_name",
    `${field}: several sprints start on ${next.estimated_start}. ${listNames(later)}`,
  );
}

const listNames = (sprints: Milestone[]): string =>
  sprints.length === 0
    ? "There is no open sprint."
    : `Use one of: ${sprints
        .slice(0, 5)
        .map((one) => `${quote(one.name)} (${one.estimated_start} to ${one.estimated_finish})`)
        .join(", ")}.`;
