import { ToolError } from "../../errors.ts";
import { findByName, isSameName } from "../../schema/names.ts";
import { findPerson, isNobody } from "../../projects/people.ts";
import { type Project } from "../../projects/project-directory.ts";
import { findSprint } from "../../projects/find-sprint.ts";
import { type Criteria } from "./criteria.ts";
import { isSameValue } from "../custom-fields.ts";
import { aKind, ISSUE_CHOICES, type IssueChoice, type ItemKind, TAIGA_WORDS } from "../../kinds.ts";
import { type Source } from "./source.ts";
import { toNameFilter, type NameFilter, type SearchDeps } from "./name-filter.ts";
import { parseReference } from "../reference.ts";
import { type ItemFilter } from "../taiga-items.ts";
import { resolveRef } from "../target.ts";
import { quote } from "../../text/quote.ts";

/** Maps the names in criteria to Taiga's filters, for one kind in one project. */
export async function toNamedFilter(
  criteria: Criteria,
  kind: ItemKind,
  project: Project,
  deps: SearchDeps,
): Promise<NameFilter> {
  const parts = await Promise.all([
    byName("status", project[TAIGA_WORDS[kind].statuses], criteria, deps),
    byPeople(criteria, kind, project, deps),
    bySprint(criteria, project, deps),
    byEpic(criteria, project, deps),
    byName("swimlane", project.swimlanes, criteria, deps),
    byName("role", project.roles, criteria, deps),
    byParent(criteria, project, deps),
    ...(["type", "severity", "priority"] as const).map((choice) =>
      byName(choice, project[ISSUE_CHOICES[choice]], criteria, deps),
    ),
  ]);
  return parts.includes("impossible") ? "impossible" : (Object.assign({}, ...parts) as ItemFilter);
}

/** Filters by an entry of one of the project's own lists. */
const byName = (
  field: "status" | "role" | "swimlane" | IssueChoice,
  options: readonly { id: number; name: string }[],
  criteria: Criteria,
  deps: SearchDeps,
) =>
  toNameFilter(field, criteria[field], deps, (name) =>
    field === "swimlane" && isSameName(name, "none")
      ? null
      : findByName(options, name, field, (one) => [one.name]).id,
  );

/** Maps the people in criteria to Taiga's filters; without a project, people can only be `me`. */
export async function byPeople(
  criteria: Criteria,
  kind: ItemKind,
  project: Project | undefined,
  deps: SearchDeps,
): Promise<NameFilter> {
  const toId = (field: string) => async (name: string) => {
    if (field === "assigned_to" && isNobody(name)) return null;
    if (project === undefined || isSameName(name, "me")) return deps.me.id;
    return (await findPerson(project, deps.directory, name, field)).id;
  };
  const parts = await Promise.all(
    (["assigned_to", "owner", "watchers"] as const).map((field) =>
      toNameFilter(field, criteria[field], deps, toId(field)),
    ),
  );
  const impossible = parts.includes("impossible");
  return impossible
    ? "impossible"
    : toAssignedUsers(Object.assign({}, ...parts) as ItemFilter, kind);
}

/** For stories, `assigned_users` also matches further assignees; `null` means that there is none. */
function toAssignedUsers(filter: ItemFilter, kind: ItemKind): ItemFilter {
  if (kind !== "story") return filter;
  const {
    assigned_to: assigned_users,
    exclude_assigned_to: exclude_assigned_users,
    ...rest
  } = filter;
  return {
    ...rest,
    ...(assigned_users !== undefined && { assigned_users }),
    ...(exclude_assigned_users !== undefined && { exclude_assigned_users }),
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
  toNameFilter("epic", epic, deps, (name) =>
    isSameName(name, "none")
      ? null
      : toItemId(name, { field: "epic", kind: "epic", project }, deps),
  );

async function byParent(
  { parent }: Criteria,
  project: Project,
  deps: SearchDeps,
): Promise<NameFilter> {
  if (parent === undefined) return {};
  if (isNobody(parent)) return { user_story: null };
  const place = { field: "parent", kind: "story", project } as const;
  const found = await deps.check.tryFind("parent", parent, () => toItemId(parent, place, deps));
  return found === undefined ? "impossible" : { user_story: found };
}

/** @throws {ToolError} `not_found` if the reference names no item of this kind and project. */
async function toItemId(
  reference: string,
  { field, kind, project }: { field: string; kind: ItemKind; project: Project },
  { taiga, directory, taigaWebUrl }: SearchDeps,
): Promise<number> {
  const parsed = parseReference(reference, taigaWebUrl, field);
  const isHere =
    parsed.project === undefined ||
    isSameName(parsed.project, project.slug) ||
    isSameName(parsed.project, project.name);
  const found = isHere
    ? await resolveRef({ project, ref: parsed.ref }, { taiga, projects: directory })
    : undefined;
  if (found?.kind === kind) return found.id;
  throw new ToolError(
    "not_found",
    `${field}: ${quote(`${project.slug}#${parsed.ref}`)} is not ${aKind(kind)} that you can see.`,
  );
}

/** A test of custom fields, which Taiga neither filters nor includes in lists. */
export async function customFieldTest(
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
