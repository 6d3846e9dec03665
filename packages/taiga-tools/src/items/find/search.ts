import { isSameName } from "../../schema/names.ts";
import { type Project } from "../../projects/project-directory.ts";
import { type Criteria } from "./criteria.ts";
import { type PageKind, TAIGA_WORDS, WIKI_WORDS } from "../../kinds.ts";
import { type Source } from "./source.ts";
import { type SearchDeps } from "./name-filter.ts";
import { toPlainFilter, toTest } from "./plain-filter.ts";
import { type Row } from "../rows.ts";
import { byPeople, customFieldTest, toNamedFilter } from "./search-filters.ts";
import { type ItemFilter } from "../taiga-items.ts";

/** The permission to view a kind. Without it Taiga returns an empty list instead of an error. */
export const viewPermission = (kind: PageKind): string =>
  (kind === "wiki" ? WIKI_WORDS : TAIGA_WORDS[kind]).permission.view;

/**
 * Turns criteria into Taiga's filters for one kind in one project, and into tests for what Taiga
 * cannot filter.
 *
 * @returns `undefined` when nothing can match because a name is unknown in this project.
 */
export async function toSource(
  criteria: Criteria,
  kind: PageKind,
  project: Project,
  deps: SearchDeps,
): Promise<Source | undefined> {
  if (kind === "wiki") return toWikiSource(criteria, project, deps);
  const named = await toNamedFilter(criteria, kind, project, deps);
  const custom = await customFieldTest(criteria, kind, project, deps);
  if (custom === "impossible" || named === "impossible") return undefined;
  return {
    id: `${kind}.${project.id}`,
    kind,
    project,
    filter: { project: project.id, ...toPlainFilter(criteria, kind, project), ...named },
    accepts: toRowTest(criteria, deps.today),
    confirms: custom,
  };
}

/** Taiga's wiki list filters only by project: its search finds texts, and dates are tested here. */
async function toWikiSource(
  criteria: Criteria,
  project: Project,
  { taiga }: SearchDeps,
): Promise<Source | undefined> {
  const { text, created_after, created_before, modified_after, modified_before } = criteria;
  const found =
    text === undefined ? undefined : await taiga.search({ projectId: project.id, text });
  if (found?.wikipages.length === 0) return undefined;
  const ids = found && new Set(found.wikipages.map(({ id }) => id));
  const isWithin = (moment: string, from = "", to = "9999") => from <= moment && moment < to;
  return {
    id: `wiki.${project.id}`,
    kind: "wiki",
    project,
    filter: { project: project.id },
    accepts: (row) =>
      ids?.has(row.id) !== false &&
      isWithin(row.created_date, created_after, created_before) &&
      isWithin(row.modified_date, modified_after, modified_before),
  };
}

/**
 * Lists the user's own items in all projects with one request. Possible only if no criterion uses
 * a name that differs from project to project.
 */
export async function toPersonalSource(
  criteria: Criteria,
  kind: PageKind,
  projectIds: ReadonlySet<number>,
  deps: SearchDeps,
): Promise<Source | undefined> {
  const { assigned_to = [], owner = [], watchers = [] } = criteria;
  const people = [...assigned_to, ...owner, ...watchers];
  const byProject = [
    criteria.status,
    criteria.type,
    criteria.severity,
    criteria.priority,
    criteria.sprint,
    criteria.epic,
    criteria.swimlane,
    criteria.role,
    criteria.parent,
    criteria.custom_fields,
  ];
  if (kind === "wiki") return undefined;
  const mine = people.length > 0 && people.every((name) => isSameName(name, "me"));
  if (!mine || byProject.some((value) => value !== undefined)) return undefined;
  const filter = await byPeople(criteria, kind, undefined, deps);
  const test = toRowTest(criteria, deps.today);
  return {
    id: `${kind}.mine`,
    kind,
    filter: Object.assign({}, toPlainFilter(criteria, kind), filter) as ItemFilter,
    accepts: (row) => projectIds.has(row.project) && (test?.(row) ?? true),
  };
}

function toRowTest(criteria: Criteria, today: string): ((row: Row) => boolean) | undefined {
  const test = toTest(criteria, today);
  return test && ((row) => row.kind !== "wiki" && test(row));
}
