import { type TaigaClient, TaigaError } from "@taiga-mcp/taiga-client";
import { ToolError } from "../mcp/errors.ts";
import { type Project, type ProjectDirectory } from "../projects/project-directory.ts";
import { ITEM_KINDS } from "./kinds.ts";
import { type ItemReference, parseReference } from "./reference.ts";
import { createTaigaItems, type Item } from "./taiga-items.ts";

/** An item as a reference named it. */
export interface Located {
  /** What the caller wrote. */
  reference: string;
  project: Project;
  item: Item;
}

export interface LocateDeps {
  taiga: TaigaClient;
  projects: ProjectDirectory;
  taigaWebUrl: string;
}

/**
 * Reads the item that a reference names. One request when the address tells the kind or it is a
 * story, two for a task.
 *
 * @param options.project where refs without a project are looked up; may be left out when only
 *   one is in reach.
 * @param options.field the input field, for the message.
 * @throws {ToolError} `invalid_argument`, `not_found`, and what `ProjectDirectory.resolve` throws.
 */
export async function locate(
  reference: string,
  { taiga, projects, taigaWebUrl }: LocateDeps,
  options: { project: string | undefined; field: string },
): Promise<Located> {
  const parsed = parseReference(reference, taigaWebUrl, options.field);
  const project = await projects.resolve(parsed.project ?? options.project);
  const item = await readItem(taiga, project, parsed);
  if (item !== undefined) return { reference, project, item };
  throw await explainAbsence(taiga, project, parsed.ref, options.field);
}

/** Finds items like `locate`, and remembers them: a story that many tasks name is read once. */
export type Locator = (
  reference: string,
  options: { project: string; field: string },
) => Promise<Located>;

export function createLocator(deps: LocateDeps): Locator {
  const known = new Map<string, Promise<Located>>();
  return (reference, options) => {
    const key = JSON.stringify([reference, options.project]);
    const located = known.get(key) ?? locate(reference, deps, options);
    known.set(key, located);
    return located;
  };
}

async function readItem(
  taiga: TaigaClient,
  project: Project,
  { ref, kind }: ItemReference,
): Promise<Item | undefined> {
  const items = createTaigaItems(taiga);
  for (const guess of kind === undefined ? ITEM_KINDS : [kind]) {
    try {
      return await items.getByRef(guess, project.id, ref);
    } catch (error) {
      if (!isOutOfSight(error)) throw error;
    }
  }
  return undefined;
}

/** Missing, or hidden from this user: Taiga does not always tell which. */
const isOutOfSight = (error: unknown): boolean =>
  error instanceof TaigaError && ["not_found", "permission_denied"].includes(error.code);

async function explainAbsence(
  taiga: TaigaClient,
  project: Project,
  ref: number,
  field: string,
): Promise<ToolError> {
  const name = `${project.slug}#${ref}`;
  const other = await taiga.resolver
    .resolve({ projectSlug: project.slug, ref })
    .catch((error: unknown) => {
      if (isOutOfSight(error)) return undefined;
      throw error;
    });
  const is = other?.kind === "epic" || other?.kind === "issue" ? other.kind : undefined;
  return new ToolError(
    "not_found",
    is === undefined
      ? `${field}: there is no ${name} that you can see.`
      : `${field}: ${name} is an ${is}; this tool handles stories and tasks.`,
  );
}

/**
 * Whether an answer's refs must name their project, so that the next call can use them as they
 * are: items of several projects, or of one that the caller had to name in the reference itself.
 */
export function needsProject(located: readonly Located[], project: string | undefined): boolean {
  const slugs = new Set(located.map((one) => one.project.slug));
  const isBare = (reference: string) => /^#?\s*\d+$/.test(reference.trim());
  return slugs.size > 1 || (project === undefined && located.some((one) => !isBare(one.reference)));
}
