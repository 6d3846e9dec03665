import { type TaigaClient } from "@taiga-mcp/taiga-client";
import { ToolError } from "../../errors.ts";
import { verifyPermission } from "../../projects/permissions.ts";
import { type Project, type ProjectDirectory } from "../../projects/project-directory.ts";
import { type Criteria, verifyCriteria } from "./criteria.ts";
import { type Position } from "../../schema/cursor.ts";
import { mapConcurrent } from "../../schema/map-concurrent.ts";
import { type PageKind } from "../../kinds.ts";
import { type Found, listItems, type Listing } from "./listing.ts";
import { type Source } from "./source.ts";
import { createNameCheck } from "./name-check.ts";
import { isOfProject, toOrder } from "./order.ts";
import { type SearchDeps } from "./name-filter.ts";
import { createRowLists } from "../rows.ts";
import { toPersonalSource, toSource, viewPermission } from "./search.ts";
import { assigneeIds, unnamedPeople } from "../item-words.ts";

export interface FindRequest {
  kinds: readonly PageKind[];
  /** If omitted, all of the user's projects. */
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

/** Limits the projects whose metadata one search loads; beyond it, only own items are searched. */
const MAX_PROJECTS = 30;

/**
 * Finds items. One kind in one project takes one list request a page if Taiga supports all the
 * filters. The lists of several kinds and projects are merged in one order.
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
      : await oneProject(await deps.directory.resolve(request.project), request, search);
  search.check.verifyAllKnown();
  const listing = await listItems(createRowLists(deps.taiga), sources, {
    order: toOrder(order),
    limit,
    start,
  });
  for (const { row } of listing.found) {
    if (row.kind !== "wiki") deps.directory.refs.remember(row.project, row.ref, row);
  }
  return { ...listing, found: await withProjects(listing.found, search) };
}

/**
 * Adds the project to rows that need its metadata: Taiga's lists over several projects do not
 * contain it. Most rows can be shown without. Names people who left their project.
 */
async function withProjects(
  found: readonly Found[],
  { directory, me }: SearchDeps,
): Promise<Found[]> {
  const needsMetadata = ({ row, source }: Found): boolean =>
    source.project === undefined &&
    row.kind !== "wiki" &&
    (row.kind === "issue" || assigneeIds(row).some((id) => id !== me.id && id !== row.assigned_to));
  const ids = [...new Set(found.filter(needsMetadata).map(({ row }) => row.project))];
  const projects = await mapConcurrent(ids, (id) => directory.byId(id));
  const complete = found.map((one) => {
    const project = one.source.project ?? projects.find(({ id }) => id === one.row.project);
    return { ...one, source: { ...one.source, project } };
  });
  const people = Map.groupBy(complete, ({ source }) => source.project);
  for (const [project, rows] of people) {
    if (project === undefined) continue;
    await directory.nameFormerMembers(
      project,
      rows.flatMap(({ row }) => unnamedPeople(row)),
    );
  }
  return complete;
}

async function allSources(request: FindRequest, deps: SearchDeps): Promise<Source[]> {
  const mine = await deps.directory.list();
  const ids = new Set(mine.map(({ id }) => id));
  // Each project has its own order of statuses, priorities and severities.
  if (mine.length > 1 && !isOfProject(request.order)) {
    const personal = await Promise.all(
      request.kinds.map((kind) => toPersonalSource(request.criteria, kind, ids, deps)),
    );
    const sources = personal.filter((source) => source !== undefined);
    if (sources.length === request.kinds.length) return sources;
  }
  if (mine.length > MAX_PROJECTS) {
    throw new ToolError(
      "invalid_argument",
      `project: you have ${mine.length} projects; name one, or search all of them only for your own items (assigned_to: ["me"]).`,
    );
  }
  const projects = await mapConcurrent(mine, ({ id }) => deps.directory.byId(id));
  return sourcesOf(projects, request, deps);
}

/** Reports a missing view permission: Taiga would return an empty list instead. */
async function oneProject(
  project: Project,
  request: FindRequest,
  deps: SearchDeps,
): Promise<Source[]> {
  for (const kind of request.kinds)
    verifyPermission(project, [viewPermission(kind)], `kinds ${kind}`);
  return sourcesOf([project], request, deps);
}

async function sourcesOf(
  projects: readonly Project[],
  { kinds, criteria }: FindRequest,
  deps: SearchDeps,
): Promise<Source[]> {
  const pairs = projects
    .flatMap((project) => kinds.map((kind) => ({ project, kind })))
    .filter(({ project, kind }) => project.my_permissions.includes(viewPermission(kind)));
  const sources = await mapConcurrent(pairs, ({ project, kind }) =>
    toSource(criteria, kind, project, deps),
  );
  return sources.filter((source) => source !== undefined);
}
