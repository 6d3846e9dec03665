import type { Request } from "express";
import { permissionFor, permissionsIn, refusal } from "../model/access.ts";
import type { Context } from "../model/context.ts";
import { group, queryText, type Endpoint } from "../http/endpoint.ts";
import { invalidFields, notFound } from "../model/errors.ts";
import { rowsOf } from "../model/kinds.ts";
import type { ItemKind, Project, State } from "../model/state.ts";

/** A kind of item under its name in this endpoint. */
const ITEM_PARAMETERS = { epic: "epic", us: "userstory", task: "task", issue: "issue" } as const;

type Answer = Record<string, number>;

/** `GET /resolver`: slugs and #numbers to ids. */
export function resolverRoutes({ state }: Context): Record<string, Endpoint> {
  return group("Resolver", {
    "/resolver": {
      GET: (req, actor) => {
        verifyParameters(req);
        const slug = queryText(req, "project");
        const project = state.projects.find((row) => row.slug === slug);
        if (project === undefined) throw notFound();
        const permissions = permissionsIn(state, actor, project);
        if (!permissions.has("view_project")) throw refusal(actor);
        return {
          project: project.id,
          ...resolveNamed(req, state, project, permissions),
          ...resolveRef(queryText(req, "ref"), state, project, permissions),
        };
      },
    },
  });
}

/** @throws {ApiError} 400 without a project, and for `ref` together with a type. */
function verifyParameters(req: Request): void {
  if (!queryText(req, "project")) throw invalidFields({ project: ["This field is required."] });
  if (!queryText(req, "ref")) return;
  const clash = [...Object.keys(ITEM_PARAMETERS), "wikipage"].find((name) => queryText(req, name));
  if (clash !== undefined) {
    throw invalidFields({
      non_field_errors: [`'${clash}' param is incompatible with 'ref' in the same request`],
    });
  }
}

/** @throws {ApiError} 404 when a named object does not exist. */
function resolveNamed(
  req: Request,
  state: State,
  project: Project,
  permissions: ReadonlySet<string>,
): Answer {
  const found: Answer = {};
  const resolve = (
    name: string,
    permission: string,
    find: (text: string) => number | undefined,
  ) => {
    const text = queryText(req, name);
    if (!text || !permissions.has(permission)) return;
    const id = find(text);
    if (id === undefined) throw notFound();
    found[name] = id;
  };
  for (const [name, kind] of Object.entries(ITEM_PARAMETERS)) {
    resolve(name, permissionFor("view", kind), (ref) => findItem(state, project, kind, ref));
  }
  resolve(
    "milestone",
    "view_milestones",
    (slug) => state.milestones.find((row) => row.project === project.id && row.slug === slug)?.id,
  );
  resolve("wikipage", "view_wiki_pages", (slug) => findPage(state, project, slug));
  return found;
}

/** Looks up a number among all items, any other text among the wiki pages. */
function resolveRef(
  ref: string | undefined,
  state: State,
  project: Project,
  permissions: ReadonlySet<string>,
): Answer {
  if (!ref) return {};
  if (!/^\d+$/.test(ref)) {
    const id = permissions.has("view_wiki_pages") ? findPage(state, project, ref) : undefined;
    return id === undefined ? {} : { wikipage: id };
  }
  for (const [name, kind] of Object.entries(ITEM_PARAMETERS)) {
    if (!permissions.has(permissionFor("view", kind))) continue;
    const id = findItem(state, project, kind, ref);
    if (id !== undefined) return { [name]: id };
  }
  return {};
}

const findItem = (state: State, project: Project, kind: ItemKind, ref: string) =>
  rowsOf(state, kind).find((row) => row.project === project.id && row.ref === Number(ref))?.id;

const findPage = (state: State, project: Project, slug: string) =>
  state.wikiPages.find((row) => row.project === project.id && row.slug === slug)?.id;
