import { type TaigaClient, TaigaError } from "@taiga-mcp/taiga-client";
import { ToolError } from "../errors.ts";
import { type Project, type ProjectDirectory } from "../projects/project-directory.ts";
import { type ItemKind, KIND_OF_TYPE } from "../kinds.ts";
import { parseReference } from "./reference.ts";
import { quote } from "../text/quote.ts";

/** An item that a reference names, before it is read. */
export interface Target {
  project: Project;
  ref: number;
  kind: ItemKind;
  id: number;
}

export interface LocateDeps {
  taiga: TaigaClient;
  projects: ProjectDirectory;
  taigaWebUrl: string;
}

/** Resolves a ref to its kind and id, from memory or with one request. */
export async function resolveRef(
  { project, ref }: { project: Project; ref: number },
  { taiga, projects }: Pick<LocateDeps, "taiga" | "projects">,
): Promise<{ kind: ItemKind; id: number } | undefined> {
  const known = projects.refs.recall(project.id, ref);
  if (known !== undefined) return known;
  const resolved = await taiga.resolver
    .resolve({ projectSlug: project.slug, ref })
    .catch((error: unknown) => {
      if (isMissingOrHidden(error)) return undefined;
      throw error;
    });
  if (resolved === undefined) return undefined;
  const found = { kind: KIND_OF_TYPE[resolved.kind], id: resolved.id };
  projects.refs.remember(project.id, ref, found);
  return found;
}

/** Finds an item's kind and id; a repeated reference needs no request. */
export type TargetFinder = (
  reference: string,
  options: { project: string | undefined; field: string },
) => Promise<Target>;

/** The finder throws a `ToolError`: `invalid_argument`, `not_found`, or for an unknown project. */
export function createTargetFinder(deps: LocateDeps): TargetFinder {
  const known = new Map<string, Promise<Target>>();
  const find: TargetFinder = async (reference, options) => {
    const { ref, project: own } = parseReference(reference, deps.taigaWebUrl, options.field);
    const project = await deps.projects.resolve(own ?? options.project);
    const found = await resolveRef({ project, ref }, deps);
    if (found === undefined) throw unknownItem(project, ref, options.field);
    return { project, ref, ...found };
  };
  return (reference, options) => {
    const key = JSON.stringify([reference, options.project]);
    const target = known.get(key) ?? find(reference, options);
    known.set(key, target);
    return target;
  };
}

/** Whether an object is missing or hidden from this user. Taiga does not always distinguish. */
export const isMissingOrHidden = (error: unknown): boolean =>
  error instanceof TaigaError && ["not_found", "permission_denied"].includes(error.code);

export const unknownItem = (project: Project, ref: number, field: string): ToolError =>
  new ToolError(
    "not_found",
    `${field}: there is no ${quote(`${project.slug}#${ref}`)} that you can see; find_items lists items.`,
  );
