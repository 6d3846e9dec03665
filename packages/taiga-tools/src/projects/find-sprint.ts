import { type Milestone } from "@taiga-mcp/taiga-client";
import { ToolError } from "../errors.ts";
import { findBeginning, findByName, isSameName } from "../schema/names.ts";
import { quote } from "../text/quote.ts";
import { type Project, type ProjectDirectory } from "./project-directory.ts";

export interface SprintChoice {
  /** Taiga's id; `null` for the backlog. */
  id: number | null;
  name: string;
}

const BACKLOG: SprintChoice = { id: null, name: "backlog" };

/** Words for sprints, by their dates: open or closed does not matter. */
const SPRINT_WORDS = ["current", "next", "last"] as const;
type SprintWord = (typeof SPRINT_WORDS)[number];

/** Words that no new sprint should have as its name. */
export const RESERVED_SPRINT_NAMES: readonly string[] = [...SPRINT_WORDS, "backlog", "none", ""];

interface FindSprintOptions {
  /** `YYYY-MM-DD` */
  today: string;
  /** The input field, for the message. */
  field: string;
  /** Whether the only sprint whose name begins like this may be meant: enough to read it. */
  acceptsBeginning?: boolean;
}

/**
 * Finds a sprint by its name, by its slug as in its address, or by a word: `current` (today is
 * within its dates), `next` (the first that starts later), `last` (the latest that is over) or
 * `backlog` (no sprint). A name in double quotes is never such a word.
 *
 * @throws {ToolError} `not_found` or `ambiguous_name`, with candidates.
 */
export async function findSprint(
  directory: ProjectDirectory,
  project: Project,
  reference: string,
  options: FindSprintOptions,
): Promise<SprintChoice> {
  const quoted = unquote(reference);
  if (quoted !== undefined) return findNamed(project, quoted, options);
  // A sprint that is called "Next" takes precedence over the word.
  if (!hasSprintCalled(project, reference)) {
    if (["backlog", "none", ""].some((word) => isSameName(word, reference))) return BACKLOG;
    const word = SPRINT_WORDS.find((each) => isSameName(each, reference));
    if (word !== undefined) {
      const sprints = await directory.sprintsBy(project.id, word, options.today);
      return sprints.length > 0
        ? findByDates(sprints, word, options)
        : failWithout(word, await directory.openSprints(project.id), options);
    }
  }
  return findNamed(project, reference, options);
}

/** A name in double quotes means this very name. */
export const unquote = (reference: string): string | undefined =>
  /^"(?<name>.+)"$/.exec(reference.trim())?.groups?.["name"];

const hasSprintCalled = (project: Project, reference: string): boolean =>
  project.milestones.some(({ name }) => isSameName(name, reference));

function findNamed(
  { milestones }: Project,
  name: string,
  { field, acceptsBeginning = false }: FindSprintOptions,
): SprintChoice {
  const isNamed = milestones.some((one) => isSameName(one.name, name));
  const addressed = milestones.find(({ slug }) => isSameName(slug, name));
  if (!isNamed && addressed !== undefined) return addressed;
  try {
    return findByName(milestones, name, field, (one) => [one.name]);
  } catch (error) {
    const isUnknown = error instanceof ToolError && error.code === "not_found";
    const found =
      isUnknown && acceptsBeginning ? findBeginning(milestones, name, field) : undefined;
    if (found === undefined) throw error;
    return found;
  }
}

const MEANINGS: Record<SprintWord, string> = {
  current: "includes today",
  next: "starts after today",
  last: "ended before today",
};

function failWithout(
  word: SprintWord,
  open: readonly Milestone[],
  { today, field }: FindSprintOptions,
): never {
  const hint =
    open.length > 0 ? `Open sprints: ${listNames(open)}.` : "There is no open sprint either.";
  throw new ToolError("not_found", `${field}: no sprint ${MEANINGS[word]} (${today}). ${hint}`);
}

/** @param sprints those that the word may mean, the nearest to today first. */
function findByDates(
  sprints: readonly Milestone[],
  word: SprintWord,
  { today, field }: FindSprintOptions,
): SprintChoice {
  const meant = sprints.filter((one) => isAsNear(one, sprints[0]!, word));
  const open = meant.filter(({ closed }) => !closed);
  const [only] = open.length === 1 ? open : meant;
  if (only !== undefined && (meant.length === 1 || open.length === 1)) return only;
  throw new ToolError(
    "ambiguous_name",
    `${field}: ${meant.length} sprints are meant by ${quote(word)} (today is ${today}). Use one of: ${listNames(meant)}.`,
  );
}

function isAsNear(sprint: Milestone, first: Milestone, word: SprintWord): boolean {
  if (word === "current") return true;
  return word === "next"
    ? sprint.estimated_start === first.estimated_start
    : sprint.estimated_finish === first.estimated_finish;
}

const listNames = (sprints: readonly Milestone[]): string =>
  sprints
    .slice(0, 5)
    .map((one) => `${quote(one.name)} (${one.estimated_start} to ${one.estimated_finish})`)
    .join(", ");
