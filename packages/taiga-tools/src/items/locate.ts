import { ToolError } from "../errors.ts";
import { type Project } from "../projects/project-directory.ts";
import { unnamedPeople } from "./item-words.ts";
import { type ItemReference, type PageReference, parseAnyReference } from "./reference.ts";
import { type WikiRow } from "./rows.ts";
import { createTaigaItems, type Item } from "./taiga-items.ts";
import { isMissingOrHidden, type LocateDeps, resolveRef, unknownItem } from "./target.ts";
import { quote } from "../text/quote.ts";

/** An item that a reference names. */
export interface Located {
  /** The reference as the caller wrote it. */
  reference: string;
  project: Project;
  item: Item;
}

/** A wiki page that a reference names. */
export interface LocatedPage {
  reference: string;
  project: Project;
  page: WikiRow;
}

interface LocateOptions {
  /** The project of refs that name none; optional if the user can reach only one project. */
  project: string | undefined;
  /** The input field, for the message. */
  field: string;
}

/**
 * Reads the item that a reference names: with one request if its kind is known from an address or
 * from an earlier look-up, otherwise with two.
 *
 * @throws {ToolError} `invalid_argument`, `not_found`, and what `ProjectDirectory.resolve` throws.
 */
export async function locate(
  reference: string,
  deps: LocateDeps,
  options: LocateOptions,
): Promise<Located> {
  const located = await locateAny(reference, deps, options);
  if ("item" in located) return located;
  throw new ToolError(
    "invalid_argument",
    `${options.field}: ${quote(reference)} is a wiki page; only stories, tasks, issues and epics have these fields.`,
  );
}

/** Reads the item or wiki page that a reference names, see `locate`. */
export async function locateAny(
  reference: string,
  deps: LocateDeps,
  options: LocateOptions,
): Promise<Located | LocatedPage> {
  const parsed = parseAnyReference(reference, deps.taigaWebUrl, options.field);
  if ("sprint" in parsed) {
    throw new ToolError(
      "invalid_argument",
      `${options.field}: ${quote(reference)} is a sprint; get_sprint reads sprints, save_sprint changes them.`,
    );
  }
  const project = await deps.projects.resolve(parsed.project ?? options.project);
  if ("page" in parsed) {
    const page = await readPage(parsed, project, deps, options.field);
    await deps.projects.nameFormerMembers(project, unnamedPeople(page));
    return { reference, project, page };
  }
  const item = await readItem(parsed, project, deps);
  if (item === undefined) throw unknownItem(project, parsed.ref, options.field);
  deps.projects.refs.remember(project.id, item.ref, item);
  await deps.projects.nameFormerMembers(project, unnamedPeople(item));
  return { reference, project, item };
}

async function readItem(
  { ref, kind }: ItemReference,
  project: Project,
  deps: LocateDeps,
): Promise<Item | undefined> {
  const items = createTaigaItems(deps.taiga);
  const known = kind === undefined ? await resolveRef({ project, ref }, deps) : undefined;
  if (kind === undefined && known === undefined) return undefined;
  try {
    return known === undefined
      ? await items.getByRef(kind!, project.id, ref)
      : await items.getById(known.kind, known.id);
  } catch (error) {
    if (!isMissingOrHidden(error)) throw error;
    deps.projects.refs.forget(project.id, ref);
    return undefined;
  }
}

async function readPage(
  { page }: PageReference,
  project: Project,
  { taiga }: LocateDeps,
  field: string,
): Promise<WikiRow> {
  try {
    return { ...(await taiga.wikiPages.getBySlug(project.id, page)), kind: "wiki" };
  } catch (error) {
    if (!isMissingOrHidden(error)) throw error;
    throw new ToolError(
      "not_found",
      `${field}: there is no wiki page ${quote(page)} in ${quote(project.slug)} that you can see; find_items with kinds ["wiki"] lists them.`,
    );
  }
}

/**
 * Whether the refs in an answer must name their project, so that the next call can use them as they
 * are: they do if the items belong to several projects, or if the caller named the project in the
 * reference itself.
 */
export function needsProject(
  located: readonly { reference: string; project: Project }[],
  project: string | undefined,
): boolean {
  const slugs = new Set(located.map((one) => one.project.slug));
  const isBare = (reference: string) => /^#?\s*\d+$|^(wiki|sprint)\s*:/i.test(reference.trim());
  return slugs.size > 1 || (project === undefined && located.some((one) => !isBare(one.reference)));
}
