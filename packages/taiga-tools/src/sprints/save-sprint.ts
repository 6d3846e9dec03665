import { type Milestone, type MilestoneChanges, type TaigaClient } from "@taiga-mcp/taiga-client";
import { type LockWrites } from "../calls/write-locks.ts";
import { ToolError } from "../errors.ts";
import { isSameName, nearestNames } from "../schema/names.ts";
import { verifyPermission, verifyWritable } from "../projects/permissions.ts";
import { type Project, type ProjectDirectory } from "../projects/project-directory.ts";
import { findSprint } from "../projects/find-sprint.ts";
import { quote, quoteAll } from "../text/quote.ts";

export interface SaveSprintRequest {
  /** A name; `current` and `next` refer to existing sprints. */
  sprint: string;
  project: string | undefined;
  newName: string | undefined;
  /** `YYYY-MM-DD` */
  start: string | undefined;
  finish: string | undefined;
  /** Compares, but writes nothing. */
  dryRun: boolean;
}

export interface SavedSprint {
  outcome: "created" | "updated" | "unchanged" | "would_create" | "would_update";
  name: string;
  start: string;
  finish: string;
  changes: { field: string; before: string; after: string }[];
}

export interface SaveSprintDeps {
  lockWrites: LockWrites;
  taiga: TaigaClient;
  projects: ProjectDirectory;
  /** `YYYY-MM-DD` */
  today: string;
}

/** Reserved words, which a new sprint cannot have as its name. */
const RESERVED_NAMES: readonly string[] = ["current", "next", "backlog", "none", ""];

/**
 * Creates a sprint, or changes the existing sprint of that name. Names are unique in a project, so
 * a repeated call finds the sprint and changes nothing. Sprints have no version, and Taiga saves all
 * fields of a sprint at once, so the sprints of a project are saved one at a time.
 *
 * @throws {ToolError} `not_found` for an unknown name without both a start and an end: a misspelt
 *   name must not create a second sprint; `busy`.
 */
export async function saveSprint(
  request: SaveSprintRequest,
  deps: SaveSprintDeps,
): Promise<SavedSprint> {
  const { projects } = deps;
  const known = await projects.resolve(request.project);
  if (request.dryRun) return saveInTurn(known, request, deps);
  return deps.lockWrites(`sprints ${known.id}`, "sprints of this project", () =>
    saveInTurn(known, request, deps),
  );
}

async function saveInTurn(
  known: Project,
  request: SaveSprintRequest,
  deps: SaveSprintDeps,
): Promise<SavedSprint> {
  const { projects } = deps;
  const found = await findExisting(request.sprint, known, deps);
  if (found !== undefined) return changeSprint(found, known, request, deps);
  // Another user may have created the sprint since the project was read.
  projects.drop(known.id);
  const project = await projects.byId(known.id);
  const made = await findExisting(request.sprint, project, deps);
  return made === undefined
    ? createSprint(project, request, deps)
    : changeSprint(made, project, request, deps);
}

async function findExisting(
  reference: string,
  project: Project,
  { projects, today }: SaveSprintDeps,
): Promise<number | undefined> {
  try {
    const { id } = await findSprint(projects, project, reference, { today, field: "sprint" });
    if (id !== null) return id;
  } catch (error) {
    const isReserved = RESERVED_NAMES.some((word) => isSameName(word, reference));
    if (!(error instanceof ToolError) || error.code !== "not_found" || isReserved) throw error;
    return undefined;
  }
  throw new ToolError("invalid_argument", "sprint: the backlog is not a sprint; give a name.");
}

async function createSprint(
  project: Project,
  { sprint: name, start, finish, newName, dryRun }: SaveSprintRequest,
  { taiga, projects }: SaveSprintDeps,
): Promise<SavedSprint> {
  if (start === undefined || finish === undefined || newName !== undefined) {
    const near = nearestNames(
      name,
      project.milestones.map((one) => one.name),
    );
    const hint = near.length > 0 ? ` Did you mean: ${quoteAll(near)}?` : "";
    throw new ToolError(
      "not_found",
      `sprint: there is no ${quote(name)} in ${quote(project.slug)}.${hint} To create it, give start and finish, and no new_name.`,
    );
  }
  verifyAllowed(project, "add_milestone");
  verifyDates(start, finish);
  const saved = { name, start, finish, changes: [] };
  if (dryRun) return { outcome: "would_create", ...saved };
  await taiga.milestones.create({
    project: project.id,
    name,
    estimated_start: start,
    estimated_finish: finish,
  });
  projects.drop(project.id);
  return { outcome: "created", ...saved };
}

async function changeSprint(
  id: number,
  project: Project,
  request: SaveSprintRequest,
  { taiga, projects }: SaveSprintDeps,
): Promise<SavedSprint> {
  verifyAllowed(project, "modify_milestone");
  const current = await taiga.milestones.getById(id);
  const { changes, patch } = compare(current, request);
  const saved = {
    name: patch.name ?? current.name,
    start: patch.estimated_start ?? current.estimated_start,
    finish: patch.estimated_finish ?? current.estimated_finish,
    changes,
  };
  verifyDates(saved.start, saved.finish);
  if (changes.length === 0) return { outcome: "unchanged", ...saved };
  if (request.dryRun) return { outcome: "would_update", ...saved };
  await taiga.milestones.update(id, patch);
  projects.drop(project.id);
  return { outcome: "updated", ...saved };
}

/** Sends only changed fields: sprints have no version, and other users may change the rest. */
function compare(
  current: Milestone,
  { newName, start, finish }: SaveSprintRequest,
): { changes: SavedSprint["changes"]; patch: MilestoneChanges } {
  const fields = [
    { field: "name", key: "name", after: newName },
    { field: "start", key: "estimated_start", after: start },
    { field: "finish", key: "estimated_finish", after: finish },
  ] as const;
  const changed = fields.flatMap(({ field, key, after }) =>
    after === undefined || after === current[key]
      ? []
      : [{ field, key, before: current[key], after }],
  );
  return {
    changes: changed.map(({ field, before, after }) => ({ field, before, after })),
    patch: Object.fromEntries(changed.map(({ key, after }) => [key, after])),
  };
}

function verifyAllowed(project: Project, permission: string): void {
  verifyWritable(project, "sprint");
  verifyPermission(project, [permission], "sprint");
}

function verifyDates(start: string, finish: string): void {
  if (start <= finish) return;
  throw new ToolError(
    "invalid_argument",
    `finish: a sprint cannot end on ${finish}, before it starts on ${start}.`,
  );
}
