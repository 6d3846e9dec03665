import { type ProjectDescription } from "./project-description.ts";
import { toProjectText } from "./project-line.ts";

/** Formats a project description, one line for each topic; empty topics are omitted. */
export function toDescriptionText(project: ProjectDescription): string {
  const { members, sprints, statuses, custom_fields, permissions } = project;
  const byKind = (title: string, lists: Record<string, string[]>): Record<string, string[]> =>
    Object.fromEntries(Object.entries(lists).map(([kind, list]) => [`${kind} ${title}`, list]));
  const topics: Record<string, string[]> = {
    modules: project.modules,
    members: members.map(({ username, name, role }) => `@${username} ${name} (${role})`),
    roles: project.roles,
    "roles with points": project.estimates,
    points: project.points,
    ...byKind("statuses", statuses),
    ...byKind("custom fields", custom_fields),
    "issue types": project.types ?? [],
    severities: project.severities ?? [],
    priorities: project.priorities ?? [],
    "open sprints": sprints.map(({ name, start, finish }) => `${name} (${start} to ${finish})`),
    swimlanes: project.swimlanes,
    tags: project.tags,
    "you may": Object.entries(permissions).map(([kind, verbs]) => `${kind}: ${verbs.join(" ")}`),
  };
  return [
    toProjectText(project),
    ...Object.entries(topics)
      .filter(([, list]) => list.length > 0)
      .map(([topic, list]) => `${topic}: ${list.join("; ")}`),
    ...(project.description === undefined ? [] : [`description: ${project.description}`]),
  ].join("\n");
}
