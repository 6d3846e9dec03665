import { type CustomAttribute, type Milestone } from "@taiga-mcp/taiga-client";
import { toCleanText, toOneLine } from "../text/clean.ts";
import { type Project } from "./project-directory.ts";
import { type ProjectLine, toProjectLine } from "./project-line.ts";

/** Everything that a model needs to write to a project, by name. */
export interface ProjectDescription extends ProjectLine {
  description?: string;
  modules: string[];
  members: { username: string; name: string; role: string }[];
  /** Roles of members; those in `estimates` can give points. */
  roles: string[];
  estimates: string[];
  /** Statuses by kind; closed ones end with `(closed)`. */
  statuses: Record<string, string[]>;
  points: string[];
  types?: string[];
  severities?: string[];
  priorities?: string[];
  tags: string[];
  /** Custom fields by kind, with type and options. */
  custom_fields: Record<string, string[]>;
  /** Open sprints, by start date. */
  sprints: { name: string; start: string; finish: string }[];
  swimlanes: string[];
  /** What the user may do, by kind. */
  permissions: Record<string, string[]>;
}

const MAX_TAGS = 100;

export function describeProject(project: Project, openSprints: Milestone[]): ProjectDescription {
  const names = (list: readonly { name: string }[]) => list.map(({ name }) => toOneLine(name));
  const issues = project.is_issues_activated;
  return {
    ...toProjectLine(project),
    ...(project.description !== "" && { description: toCleanText(project.description) }),
    modules: toModules(project),
    members: project.members
      .filter((member) => member.is_active)
      .map((member) => ({
        username: toOneLine(member.username),
        name: toOneLine(member.full_name_display || member.full_name),
        role: toOneLine(member.role_name),
      })),
    roles: names(project.roles),
    estimates: names(project.roles.filter(({ computable }) => computable)),
    statuses: ofKinds({
      story: project.us_statuses.map(toStatusText),
      task: project.task_statuses.map(toStatusText),
      issue: issues ? project.issue_statuses.map(toStatusText) : [],
      epic: project.is_epics_activated ? project.epic_statuses.map(toStatusText) : [],
    }),
    points: names(project.points),
    ...(issues && {
      types: names(project.issue_types),
      severities: names(project.severities),
      priorities: names(project.priorities),
    }),
    tags: Object.keys(project.tags_colors).slice(0, MAX_TAGS).map(toOneLine),
    custom_fields: ofKinds({
      story: project.userstory_custom_attributes.map(toFieldText),
      task: project.task_custom_attributes.map(toFieldText),
      issue: project.issue_custom_attributes.map(toFieldText),
      epic: project.epic_custom_attributes.map(toFieldText),
    }),
    sprints: openSprints
      .map((sprint) => ({
        name: toOneLine(sprint.name),
        start: sprint.estimated_start,
        finish: sprint.estimated_finish,
      }))
      .toSorted((a, b) => a.start.localeCompare(b.start)),
    swimlanes: names(project.swimlanes),
    permissions: toPermissions(project),
  };
}

function toModules(project: Project): string[] {
  const modules = {
    epics: project.is_epics_activated,
    backlog: project.is_backlog_activated,
    kanban: project.is_kanban_activated,
    issues: project.is_issues_activated,
    wiki: project.is_wiki_activated,
  };
  return Object.entries(modules)
    .filter(([, isOn]) => isOn)
    .map(([name]) => name);
}

const toStatusText = (status: { name: string; is_closed: boolean }): string =>
  `${toOneLine(status.name)}${status.is_closed ? " (closed)" : ""}`;

function toFieldText({ name, type, extra }: CustomAttribute): string {
  const options = Array.isArray(extra) ? `: ${extra.map(String).join(", ")}` : "";
  return toOneLine(`${name} (${type}${options})`);
}

const KIND_OF_PERMISSION: Record<string, string> = {
  us: "story",
  task: "task",
  tasks: "task",
  issue: "issue",
  issues: "issue",
  epic: "epic",
  epics: "epic",
  milestone: "sprint",
  milestones: "sprint",
  wiki_page: "wiki",
  wiki_pages: "wiki",
};

/** `add_us`, `modify_us` … → `story: add, modify`. */
function toPermissions(project: Project): Record<string, string[]> {
  const permissions: Record<string, string[]> = {};
  for (const permission of project.my_permissions.toSorted()) {
    const { verb, noun } = /^(?<verb>[a-z]+)_(?<noun>\w+)$/.exec(permission)?.groups ?? {};
    const kind = KIND_OF_PERMISSION[noun ?? ""];
    if (kind === undefined || verb === undefined) continue;
    (permissions[kind] ??= []).push(verb);
  }
  return permissions;
}

const ofKinds = (lists: Record<string, string[]>): Record<string, string[]> =>
  Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0));
