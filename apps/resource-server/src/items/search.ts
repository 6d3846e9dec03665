import { ToolError } from "../mcp/errors.ts";
import { findByName, isSameName } from "../projects/names.ts";
import { findMember, isNobody } from "../projects/people.ts";
import { type Project } from "../projects/project-directory.ts";
import { findSprint } from "../projects/sprints.ts";
import { type Criteria } from "./criteria.ts";
import { isSameValue } from "./custom-fields.ts";
import { type ItemKind, TAIGA_WORDS } from "./kinds.ts";
import { type Source } from "./listing.ts";
import { lookUp, type NameFilter, type SearchDeps } from "./name-filter.ts";
import { parseReference } from "./reference.ts";
import { toPlainFilter, toTest } from "./plain-filter.ts";
import { type ItemFilter } from "./taiga-items.ts";

/** What only one kind can be searched by. */
const ONLY: Record<ItemKind, readonly (keyof Criteria)[]> = {
  story: ["epic", "swimlane", "unestimated"],
  task: ["parent"],
};

/** @throws {ToolError} `invalid_argument` for a criterion that one of the kinds does not have. */
export function verifyCriteria(criteria: Criteria, kinds: readonly ItemKind[]): void {
  for (const [only, fields] of Object.entries(ONLY)) {
    const field = fields.find((name) => criteria[name] !== undefined);
    if (field !== undefined && kinds.some((kind) => kind !== only)) {
      throw new ToolError(
        "invalid_argument",
        `${field}: only a ${only} has it; set kinds to ["${only}"].`,
      );
    }
  }
}

/**
 * Turns criteria into Taiga's filters for one kind in one project, and into tests for what Taiga
 * cannot filter.
 *
 * @returns `undefined` when nothing here can match, because a name is unknown here.
 */
export async function toSource(
  criteria: Criteria,
  kind: ItemKind,
  project: Project,
  deps: SearchDeps,
): Promise<Source | undefined> {
  const named = await Promise.all([
    byStatus(criteria, kind, project, deps),
    byPeople(criteria, kind, project, deps),
    bySprint(criteria, project, deps),
    byEpic(criteria, project, deps),
    bySwimlane(criteria, project, deps),
    byRole(criteria, project, deps),
    byParent(criteria, project, deps),
  ]);
  const custom = await customFieldTest(criteria, kind, project, deps);
  if (custom === "impossible" || named.includes("impossible")) return undefined;
  return {
    id: `${kind}.${project.id}`,
    kind,
    project,
    filter: Object.assign(
      { project: project.id },
      toPlainFilter(criteria, kind),
      ...named,
    ) as ItemFilter,
    accepts: toTest(criteria, deps.today),
    confirms: custom,
  };
}

/**
 * The user's own items in all projects with one request: possible when no criterion has a name
 * that differs from project to project.
 */
export async function toPersonalSource(
  criteria: Criteria,
  kind: ItemKind,
  projectIds: ReadonlySet<number>,
  deps: SearchDeps,
): Promise<Source | undefined> {
  const { assigned_to = [], owner = [], watchers = [] } = criteria;
  const people = [...assigned_to, ...owner, ...watchers];
  const byProject = [
    criteria.status,
    criteria.sprint,
    criteria.epic,
    criteria.swimlane,
    criteria.role,
    criteria.parent,
    criteria.custom_fields,
  ];
  const mine = people.length > 0 && people.every((name) => isSameName(name, "me"));
  if (!mine || byProject.some((value) => value !== undefined)) return undefined;
  const filter = await byPeople(criteria, kind, undefined, deps);
  const test = toTest(criteria, deps.today);
  return {
    id: `${kind}.mine`,
    kind,
    filter: Object.assign({}, toPlainFilter(criteria, kind), filter) as ItemFilter,
    accepts: (row) => projectIds.has(row.project) && (test?.(row) ?? true),
  };
}

const byStatus = ({ status }: Criteria, kind: ItemKind, project: Project, deps: SearchDeps) =>
  lookUp(
    "status",
    status,
    deps,
    (name) =>
      findByName(project[TAIGA_WORDS[kind].statuses], name, "status", (one) => [one.name]).id,
  );

const byRole = ({ role }: Criteria, project: Project, deps: SearchDeps) =>
  lookUp(
    "role",
    role,
    deps,
    (name) => findByName(project.roles, name, "role", (one) => [one.name]).id,
  );

const bySwimlane = ({ swimlane }: Criteria, project: Project, deps: SearchDeps) =>
  lookUp("swimlane", swimlane, deps, (name) =>
    isSameName(name, "none")
      ? null
      : findByName(project.swimlanes, name, "swimlane", (one) => [one.name]).id,
  );

async function byPeople(
  criteria: Criteria,
  kind: ItemKind,
  project: Project | undefined,
  deps: SearchDeps,
): Promise<NameFilter> {
  const toId = (field: string) => (name: string) => {
    if (field === "assigned_to" && isNobody(name)) return null;
    if (project === undefined || isSameName(name, "me")) return deps.me.id;
    return findMember(project, deps.me, name, field).id;
  };
  const parts = await Promise.all(
    (["assigned_to", "owner", "watchers"] as const).map((field) =>
      lookUp(field, criteria[field], deps, toId(field)),
    ),
  );
  const impossible = parts.includes("impossible");
  return impossible
    ? "impossible"
    : toAssignedUsers(Object.assign({}, ...parts) as ItemFilter, kind);
}

/** A story's further assignees are found by another filter, which does not know "nobody". */
function toAssignedUsers(filter: ItemFilter, kind: ItemKind): ItemFilter {
  const { assigned_to, exclude_assigned_to, ...rest } = filter;
  const rename = (value: ItemFilter["owner"]) =>
    kind === "story" && Array.isArray(value) && !value.includes(null);
  return {
    ...rest,
    ...(assigned_to !== undefined && {
      [rename(assigned_to) ? "assigned_users" : "assigned_to"]: assigned_to,
    }),
    ...(exclude_assigned_to !== undefined && {
      [rename(exclude_assigned_to) ? "exclude_assigned_users" : "exclude_assigned_to"]:
        exclude_assigned_to,
    }),
  };
}

async function bySprint(
  { sprint }: Criteria,
  project: Project,
  deps: SearchDeps,
): Promise<NameFilter> {
  if (sprint === undefined) return {};
  const { directory, today } = deps;
  const found = await deps.check.tryFind("sprint", sprint, () =>
    findSprint(directory, project, sprint, { today, field: "sprint" }),
  );
  return found === undefined ? "impossible" : { milestone: found.id };
}

const byEpic = ({ epic }: Criteria, project: Project, deps: SearchDeps) =>
  lookUp("epic", epic, deps, async (name) => {
    if (isSameName(name, "none")) return null;
    const { ref } = parseReference(name, deps.taigaWebUrl, "epic");
    const resolved = await deps.taiga.resolver.resolve({ projectSlug: project.slug, ref });
    if (resolved?.kind === "epic") return resolved.id;
    throw new ToolError("not_found", `epic: ${project.slug}#${ref} is no epic that you can see.`);
  });

async function byParent(
  { parent }: Criteria,
  project: Project,
  deps: SearchDeps,
): Promise<NameFilter> {
  if (parent === undefined) return {};
  if (isNobody(parent)) return { user_story: null };
  const { ref } = parseReference(parent, deps.taigaWebUrl, "parent");
  const found = await deps.check.tryFind("parent", parent, async () => {
    const resolved = await deps.taiga.resolver.resolve({ projectSlug: project.slug, ref });
    if (resolved?.kind === "userstory") return resolved.id;
    throw new ToolError(
      "not_found",
      `parent: ${project.slug}#${ref} is no story that you can see.`,
    );
  });
  return found === undefined ? "impossible" : { user_story: found };
}

async function customFieldTest(
  { custom_fields = {} }: Criteria,
  kind: ItemKind,
  project: Project,
  { check, taiga }: SearchDeps,
): Promise<Source["confirms"] | "impossible"> {
  const { customFields, type } = TAIGA_WORDS[kind];
  const wanted: { id: number; value: unknown }[] = [];
  for (const [name, value] of Object.entries(custom_fields)) {
    const field = await check.tryFind("custom_fields", name, () =>
      findByName(project[customFields], name, "custom_fields", (one) => [one.name]),
    );
    if (field === undefined) return "impossible";
    wanted.push({ id: field.id, value });
  }
  if (wanted.length === 0) return undefined;
  return async (row) => {
    const { attributes_values: values } = await taiga.customAttributeValues.get(type, row.id);
    return wanted.every(({ id, value }) => isSameValue(values[id], value));
  };
}
