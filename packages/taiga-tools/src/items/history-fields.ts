import { type HistoryEntry } from "@taiga-mcp/taiga-client";
import { toUsername } from "../projects/people.ts";
import { type Project } from "../projects/project-directory.ts";
import { toOneLine } from "../text/clean.ts";
import { ownProperty } from "../text/own-property.ts";
import { toValueText } from "./custom-fields.ts";
import { ISSUE_CHOICES, type PageKind, TAIGA_WORDS } from "../kinds.ts";

/** The change of one field, with names instead of ids. Empty text means no value. */
export interface FieldHistory {
  /** The field's name in the tools. */
  field: string;
  before: string;
  after: string;
  /** For partial changes: the roles whose points changed, or the names of the custom fields. */
  parts?: readonly string[];
}

/** The kind and project of the item, which give ids in its history their meaning. */
export interface HistoryOwner {
  kind: PageKind;
  project: Project;
}

const MAX_VALUE_LENGTH = 120;

/** Taiga's field names → the tools' names, without positions in lists and HTML copies of texts. */
const FIELD_NAMES: Record<string, string> = {
  subject: "subject",
  description: "description",
  status: "status",
  assigned_to: "assigned_to",
  assigned_users: "assigned_to",
  milestone: "sprint",
  user_story: "parent",
  points: "points",
  tags: "tags",
  is_blocked: "blocked",
  blocked_note: "blocked_note",
  due_date: "due_date",
  swimlane: "swimlane",
  type: "type",
  severity: "severity",
  priority: "priority",
  color: "color",
  content: "content",
  custom_attributes: "custom_fields",
};

/** Fields that only timelines contain, including those of sprints and projects. */
const TIMELINE_NAMES: Record<string, string> = {
  name: "name",
  estimated_start: "start",
  estimated_finish: "finish",
  attachments: "attachments",
};

/** Maps Taiga's field name to the tools' name; `undefined` for fields that users do not see. */
export const toFieldName = (name: string): string | undefined =>
  ownProperty(FIELD_NAMES, name) ?? ownProperty(TIMELINE_NAMES, name);

/** The changes of one history entry. */
export function toHistoryFields(
  entry: HistoryEntry,
  { kind, project }: HistoryOwner,
): FieldHistory[] {
  return Object.entries(entry.diff).flatMap(([key, change]) => {
    const field = ownProperty(FIELD_NAMES, key);
    if (field === undefined || !Array.isArray(change)) return [];
    const [before, after] = change as unknown[];
    if (key === "points") return [pointsHistory(before, after, project)];
    if (key === "custom_attributes") return [customHistory(before, after)];
    const name = (value: unknown) => shorten(toName(key, value, { kind, project }));
    return isSame(before, after) ? [] : [{ field, before: name(before), after: name(after) }];
  });
}

/** Taiga also records a date that was set to what it was. */
export const isSame = (before: unknown, after: unknown): boolean =>
  JSON.stringify(before) === JSON.stringify(after);

/** The people whom an entry's changes assigned or unassigned. */
export const toAssigneeIds = ({ diff }: HistoryEntry): number[] =>
  [diff["assigned_to"], diff["assigned_users"]]
    .flat(2)
    .filter((id): id is number => typeof id === "number");

function toName(key: string, value: unknown, owner: HistoryOwner): string {
  const { kind, project } = owner;
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.map((each) => toName(key, each, owner)).join(", ");
  const choices = {
    status: kind === "wiki" ? [] : project[TAIGA_WORDS[kind].statuses],
    type: project[ISSUE_CHOICES.type],
    severity: project[ISSUE_CHOICES.severity],
    priority: project[ISSUE_CHOICES.priority],
    milestone: project.milestones,
    swimlane: project.swimlanes,
  }[key];
  if (choices !== undefined) {
    return choices.find(({ id }) => id === value)?.name ?? toValueText(value);
  }
  const isPerson = key === "assigned_to" || key === "assigned_users";
  if (isPerson && typeof value === "number") return toUsername(project, value);
  return toValueText(value);
}

/** Points are maps of role id to points id. */
function pointsHistory(before: unknown, after: unknown, project: Project): FieldHistory {
  const [previous, current] = [toMap(before), toMap(after)];
  const roles = [...new Set([...Object.keys(previous), ...Object.keys(current)])].filter(
    (role) => ownProperty(previous, role) !== ownProperty(current, role),
  );
  const roleName = (id: string) => project.roles.find((one) => String(one.id) === id)?.name ?? id;
  const pointsName = (id: unknown) => project.points.find((one) => one.id === id)?.name ?? "?";
  const format = (points: Record<string, unknown>) =>
    shorten(
      roles.map((role) => `${roleName(role)} ${pointsName(ownProperty(points, role))}`).join(", "),
    );
  return {
    field: "points",
    before: format(previous),
    after: format(current),
    parts: roles.map(roleName),
  };
}

/** Custom fields are lists of `{ id, name, value }`. */
function customHistory(before: unknown, after: unknown): FieldHistory {
  const [previous, current] = [toFieldMap(before), toFieldMap(after)];
  const names = [...new Set([...Object.keys(previous), ...Object.keys(current)])].filter(
    (name) => ownProperty(previous, name) !== ownProperty(current, name),
  );
  const format = (values: Record<string, string>) =>
    shorten(names.map((name) => `${name} = ${ownProperty(values, name) ?? ""}`).join(", "));
  return { field: "custom_fields", before: format(previous), after: format(current), parts: names };
}

function toFieldMap(value: unknown): Record<string, string> {
  if (!Array.isArray(value)) return {};
  return Object.fromEntries(
    value.map((field: unknown) => {
      const { name, value: content } = toMap(field);
      return [toValueText(name), toValueText(content)];
    }),
  );
}

const toMap = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};

function shorten(text: string): string {
  const line = toOneLine(text);
  return line.length <= MAX_VALUE_LENGTH ? line : `${line.slice(0, MAX_VALUE_LENGTH)}…`;
}
