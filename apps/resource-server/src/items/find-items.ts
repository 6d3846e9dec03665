import { type TaigaClient } from "@taiga-mcp/taiga-client";
import { ToolError } from "../mcp/errors.ts";
import { type ProjectDirectory } from "../projects/project-directory.ts";
import { type Criteria } from "./criteria.ts";
import { type Position } from "./cursor.ts";
import { inParallel } from "./in-parallel.ts";
import { type ItemKind } from "./kinds.ts";
import { listItems, type Listing, type Source } from "./listing.ts";
import { createNameCheck } from "./name-check.ts";
import { toOrder } from "./order.ts";
import { type SearchDeps } from "./name-filter.ts";
import { toPersonalSource, toSource, verifyCriteria } from "./search.ts";
import { createTaigaItems } from "./taiga-items.ts";

export interface FindRequest {
  kinds: readonly ItemKind[];
  /** Left out: all of the user's projects. */
  project: string | undefined;
  criteria: Criteria;
  order: string;
  limit: number;
  start: Position | undefined;
}

export interface FindDeps {
  taiga: TaigaClient;
  directory: ProjectDirectory;
  /** `YYYY-MM-DD` */
  today: string;
  taigaWebUrl: string;
}

/** Whose metadata one search loads; more projects are searched by the user's own items only. */
const MAX_PROJECTS = 30;

/**
 * Finds items: one list request for one kind in one project, when Taiga has all the filters.
 * Several kinds and projects are walked one after another.
 *
 * @throws {ToolError} for names that no project knows, and criteria that a kind does not have.
 */
export async function findItems(request: FindRequest, deps: FindDeps): Promise<Listing> {
  const { kinds, criteria, order, limit, start } = request;
  verifyCriteria(criteria, kinds);
  const search = { ...deps, me: await deps.directory.me(), check: createNameCheck() };
  const sources =
    request.project === undefined
      ? await allSources(request, search)
      : await sourcesOf([await deps.directory.resolve(request.project)], request, search);
  search.check.verifyAllKnown();
  return listItems(createTaigaItems(deps.taiga), sources, { order: toOrder(order), limit, start });
}

async function allSources(request: FindRequest, deps: SearchDeps): Promise<Source[]> {
  const mine = await deps.directory.list();
  const ids = new Set(mine.map(({ id }) => id));
  if (mine.length > 1) {
    const personal = await Promise.all(
      request.kinds.map((kind) => toPersonalSource(request.criteria, kind, ids, deps)),
    );
    const sources = personal.filter((source) => source !== undefined);
    if (sources.length === request.kinds.length) return sources;
  }
  if (mine.length > MAX_PROJECTS) {
    throw new ToolError(
      "invalid_argument",
      `project: you have ${mine.length} projects; name one, or search all for what is yours alone (assigned_to: ["me"]).`,
    );
  }
  const projects = await inParallel(mine, ({ id }) => deps.directory.byId(id));
  return sourcesOf(projects, request, deps);
}

async function sourcesOf(
  projects: readonly Awaited<ReturnType<ProjectDirectory["byId"]>>[],
  { kinds, criteria }: FindRequest,
  deps: SearchDeps,
): Promise<Source[]> {
  const pairs = projects.flatMap((project) => kinds.map((kind) => ({ project, kind })));
  const sources = await inParallel(pairs, ({ project, kind }) =>
    toSource(criteria, kind, project, deps),
  );
  return sources.filter((source) => source !== undefined);
}
