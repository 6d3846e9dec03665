import { needsProject, locateAny } from "./locate.ts";
import { parseAnyReference } from "./reference.ts";
import { createTargetFinder, type LocateDeps } from "./target.ts";
import { type PageKind, TAIGA_WORDS, WIKI_WORDS } from "../kinds.ts";
import type { Project } from "../projects/project-directory.ts";
import { collectProblems } from "../schema/problems.ts";
import { ToolError } from "../errors.ts";

/** An item or a wiki page that a reference names. Items are not read. */
export interface FoundObject {
  /** The reference as the caller wrote it. */
  reference: string;
  project: Project;
  kind: PageKind;
  id: number;
  /** `#42` or `wiki:page`, with the project where the next call needs it. */
  ref: string;
}

/** Taiga's word for a kind. */
export const toTaigaKind = (kind: PageKind) =>
  kind === "wiki" ? WIKI_WORDS.type : TAIGA_WORDS[kind].type;

/**
 * Finds items and wiki pages, each once, however often they are named: with one request for an item
 * whose kind is not known yet, and one for a page.
 *
 * @param verify throws a `ToolError` for what may not be used.
 * @throws {ToolError} that names every problem.
 */
export async function findObjects(
  request: { refs: readonly string[]; project: string | undefined },
  deps: LocateDeps,
  verify: (object: Omit<FoundObject, "ref">, field: string) => void = () => {},
): Promise<FoundObject[]> {
  const findTarget = createTargetFinder(deps);
  const found = await collectProblems(request.refs, async (reference, index) => {
    const field = `refs[${index}]`;
    const options = { project: request.project, field };
    const one = await find(reference, options);
    verify(one, field);
    return one;
  });
  const once = [...new Map(found.map((one) => [`${one.kind} ${one.id}`, one])).values()];
  const isQualified = needsProject(once, request.project);
  return once.map((one) => {
    if (!isQualified) return { ...one, ref: one.name };
    const { slug } = one.project;
    return { ...one, ref: one.name.startsWith("#") ? `${slug}${one.name}` : `${slug}#${one.name}` };
  });

  async function find(reference: string, options: { project: string | undefined; field: string }) {
    if ("ref" in parseAnyReference(reference, deps.taigaWebUrl, options.field)) {
      const { project, kind, id, ref } = await findTarget(reference, options);
      return { reference, project, kind, id, name: `#${ref}` } as const;
    }
    const located = await locateAny(reference, deps, options);
    if (!("page" in located)) {
      throw new ToolError("invalid_argument", `${options.field}: not an item or wiki page.`);
    }
    const { project, page } = located;
    return { reference, project, kind: "wiki", id: page.id, name: `wiki:${page.slug}` } as const;
  }
}
