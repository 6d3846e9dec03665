import { toUsername } from "../../projects/people.ts";
import { type Project } from "../../projects/project-directory.ts";
import { type ResolvedChanges } from "../changes/resolve-changes.ts";
import { assigneeIds, toChoiceName, toSprintName, toSwimlaneName } from "../item-words.ts";
import { type Item, type ItemPatch } from "../taiga-items.ts";

/** The change of one field: the old and new value by name, and the patch to send to Taiga. */
export interface FieldChange {
  field: string;
  before: string;
  after: string;
  patch: ItemPatch;
  /** The changed parts of a field with many (tags, points by role); other parts do not conflict. */
  parts?: readonly string[];
}

/**
 * Lists the fields that would change. Fields that already have the wanted value are omitted,
 * because Taiga counts a new version even for an empty change. For custom fields see
 * `custom-field-changes.ts`.
 */
export function toDifference(
  item: Item,
  changes: ResolvedChanges,
  project: Project,
): FieldChange[] {
  return [
    ...textChanges(item, changes),
    ...choiceChanges(item, changes, project),
    ...issueChanges(item, changes, project),
    ...assigneeChange(item, changes, project),
    ...pointsChange(item, changes, project),
    ...tagsChange(item, changes),
    ...blockedChanges(item, changes),
  ].filter(({ before, after }) => before !== after);
}

function textChanges(
  item: Item,
  { subject, description, dueDate, color }: ResolvedChanges,
): FieldChange[] {
  const changes: FieldChange[] = [];
  if (subject !== undefined) {
    changes.push({ field: "subject", before: item.subject, after: subject, patch: { subject } });
  }
  if (description !== undefined) {
    const before = item.description;
    changes.push({ field: "description", before, after: description, patch: { description } });
  }
  if (dueDate !== undefined) {
    changes.push({
      field: "due_date",
      before: item.due_date ?? "",
      after: dueDate ?? "",
      patch: { due_date: dueDate },
    });
  }
  if (color !== undefined && item.kind === "epic") {
    const before = item.color ?? "";
    changes.push({ field: "color", before, after: color, patch: { color } });
  }
  return changes;
}

function choiceChanges(item: Item, changes: ResolvedChanges, project: Project): FieldChange[] {
  const { status, sprint, swimlane, parent } = changes;
  const list: FieldChange[] = [];
  if (status !== undefined && item.status !== status.id) {
    const before = item.status_extra_info?.name ?? "";
    list.push({ field: "status", before, after: status.name, patch: { status: status.id } });
  }
  if (sprint !== undefined && item.milestone !== sprint.id) {
    const before = toSprintName(item, project) ?? "backlog";
    list.push({ field: "sprint", before, after: sprint.name, patch: { milestone: sprint.id } });
  }
  if (swimlane !== undefined && item.kind === "story") {
    list.push({
      field: "swimlane",
      before: toSwimlaneName(item, project) ?? "",
      after: swimlane?.name ?? "",
      patch: { swimlane: swimlane?.id ?? null },
    });
  }
  if (parent !== undefined && item.kind === "task") {
    const story = item.user_story_extra_info;
    list.push({
      field: "parent",
      before: story === null ? "" : `#${story.ref}`,
      after: parent?.name ?? "",
      patch: { user_story: parent?.id ?? null },
    });
  }
  return list;
}

function issueChanges(item: Item, changes: ResolvedChanges, project: Project): FieldChange[] {
  if (item.kind !== "issue") return [];
  return (["type", "severity", "priority"] as const).flatMap((field) => {
    const wanted = changes[field];
    if (wanted === undefined || wanted.id === item[field]) return [];
    const before = toChoiceName(item, field, project) ?? "";
    return [{ field, before, after: wanted.name, patch: { [field]: wanted.id } }];
  });
}

/**
 * Sends a story's list of assignees together with the main assignee: Taiga records both under the
 * list and would otherwise not detect that another user changed the assignee.
 */
function assigneeChange(
  item: Item,
  { assignees }: ResolvedChanges,
  project: Project,
): FieldChange[] {
  if (assignees === undefined) return [];
  const ids = assignees.map(({ id }) => id);
  const current = assigneeIds(item);
  const same =
    (item.assigned_to ?? undefined) === ids[0] &&
    current.length === ids.length &&
    current.every((id) => ids.includes(id));
  if (same) return [];
  const names = (list: readonly number[]) =>
    list.map((id) => `@${toUsername(project, id)}`).join(" ") || "nobody";
  const main = { assigned_to: ids[0] ?? null };
  const patch = item.kind === "story" ? { ...main, assigned_users: ids } : main;
  return [{ field: "assigned_to", before: names(current), after: names(ids), patch }];
}

function pointsChange(item: Item, { points }: ResolvedChanges, project: Project): FieldChange[] {
  if (points === undefined || item.kind !== "story") return [];
  const pointsOf = (roleId: number) => item.points[roleId] ?? null;
  const changed = points.filter(({ role, points: wanted }) => pointsOf(role.id) !== wanted.id);
  if (changed.length === 0) return [];
  const name = (id: number | null) => project.points.find((one) => one.id === id)?.name ?? "?";
  return [
    {
      field: "points",
      before: changed.map(({ role }) => `${role.name} ${name(pointsOf(role.id))}`).join(", "),
      after: changed.map((one) => `${one.role.name} ${one.points.name}`).join(", "),
      patch: { points: Object.fromEntries(changed.map((one) => [one.role.id, one.points.id])) },
      parts: changed.map(({ role }) => role.name),
    },
  ];
}

function tagsChange(item: Item, { tags }: ResolvedChanges): FieldChange[] {
  if (tags === undefined) return [];
  const current = item.tags.map(([tag]) => tag);
  const merged = !("replace" in tags);
  const wanted = merged
    ? [...new Set([...current, ...tags.add])].filter((tag) => !tags.remove.includes(tag))
    : tags.replace;
  const format = (list: readonly string[]) => list.toSorted().join(", ");
  return [
    {
      field: "tags",
      before: format(current),
      after: format(wanted),
      patch: { tags: wanted },
      ...(merged && { parts: [] }),
    },
  ];
}

function blockedChanges(item: Item, { blocked, blockedNote }: ResolvedChanges): FieldChange[] {
  const changes: FieldChange[] = [];
  const format = (is: boolean) => (is ? "yes" : "no");
  if (blocked !== undefined) {
    changes.push({
      field: "blocked",
      before: format(item.is_blocked),
      after: format(blocked),
      patch: { is_blocked: blocked },
    });
  }
  if (blockedNote !== undefined) {
    changes.push({
      field: "blocked_note",
      before: item.blocked_note,
      after: blockedNote,
      patch: { blocked_note: blockedNote },
    });
  }
  return changes;
}
