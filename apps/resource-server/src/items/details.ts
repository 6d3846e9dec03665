import { type HistoryEntry, type TaigaClient } from "@taiga-mcp/taiga-client";
import { toUsername } from "../projects/people.ts";
import { type Project } from "../projects/project-directory.ts";
import { toCleanText, toOneLine } from "../text/clean.ts";
import { toValueText } from "./custom-fields.ts";
import { type HistoryOwner, toHistoryFields } from "./history-fields.ts";
import { TAIGA_WORDS } from "./kinds.ts";
import { type Located } from "./locate.ts";
import { type SummaryContext, toSummary } from "./summary.ts";
import { createTaigaItems, type Item } from "./taiga-items.ts";

/** What can be read of an item beside its summary. */
export const INCLUDES = [
  "description",
  "comments",
  "history",
  "attachments",
  "custom_fields",
  "children",
  "followers",
] as const;
export type Include = (typeof INCLUDES)[number];

/** What was asked for beside the summary; all texts cleaned, by others. */
export interface ItemDetails {
  description?: string;
  comments?: { by: string; at: string; text: string; edited?: true }[];
  history?: { by: string; at: string; changes: string[] }[];
  attachments?: { name: string; bytes: number; url: string; description?: string }[];
  custom_fields?: Record<string, string>;
  /** Counts changes of custom fields, which Taiga counts apart. */
  customFieldsVersion?: number;
  /** A story's tasks, one line each. */
  children?: ReturnType<typeof toSummary>[];
  followers?: string[];
  points_by_role?: Record<string, string>;
}

const MAX_CHILDREN = 100;

/** Reads what was asked for: at most one request for each kind of detail, none for some. */
export async function readDetails(
  { item, project }: Pick<Located, "item" | "project">,
  include: ReadonlySet<Include>,
  taiga: TaigaClient,
  context: SummaryContext,
): Promise<ItemDetails> {
  const { type } = TAIGA_WORDS[item.kind];
  const wantsHistory = include.has("comments") || include.has("history");
  const [history, attachments, custom, children] = await Promise.all([
    wantsHistory ? taiga.history.list(type, item.id) : undefined,
    include.has("attachments") ? taiga.attachments.list(type, project.id, item.id) : undefined,
    include.has("custom_fields") ? taiga.customAttributeValues.get(type, item.id) : undefined,
    include.has("children") && item.kind === "story"
      ? readTasks(item, project, taiga, context)
      : undefined,
  ]);
  return {
    ...(include.has("description") && { description: toCleanText(item.description) }),
    ...(include.has("description") && toPointsByRole(item, project)),
    ...(include.has("comments") && history && { comments: toComments(history) }),
    ...(include.has("history") &&
      history && { history: toChanges(history, { kind: item.kind, project }) }),
    ...(attachments && {
      attachments: attachments.map((file) => ({
        name: toOneLine(file.name),
        bytes: file.size ?? 0,
        url: file.url,
        ...(file.description !== "" && { description: toOneLine(file.description) }),
      })),
    }),
    ...(custom && {
      custom_fields: toFieldNames(item, project, custom.attributes_values),
      customFieldsVersion: custom.version,
    }),
    ...(children && { children }),
    ...(include.has("followers") && {
      followers: item.watchers.map((id) => toUsername(project, id)),
    }),
  };
}

async function readTasks(
  story: Item,
  project: Project,
  taiga: TaigaClient,
  context: SummaryContext,
): Promise<ItemDetails["children"]> {
  const filter = { project: project.id, user_story: story.id, order_by: "us_order" };
  const tasks = await createTaigaItems(taiga).list("task", filter, { pageSize: MAX_CHILDREN });
  return tasks.items.map((row) => toSummary(row, ["status", "assigned_to", "closed"], context));
}

function toPointsByRole(item: Item, project: Project): Pick<ItemDetails, "points_by_role"> {
  if (item.kind !== "story") return {};
  const named = Object.entries(item.points).flatMap(([roleId, pointsId]) => {
    const role = project.roles.find(({ id }) => id === Number(roleId))?.name;
    const points = project.points.find(({ id }) => id === pointsId);
    return role === undefined || points === undefined || points.value === null
      ? []
      : [[role, points.name]];
  });
  return named.length === 0 ? {} : { points_by_role: Object.fromEntries(named) };
}

const whoWhen = (entry: HistoryEntry) => ({
  by: entry.user?.username ?? toOneLine(entry.user?.name ?? "somebody"),
  at: entry.created_at,
});

/** Oldest first, as people read; Taiga still sends those that were deleted. */
const toComments = (history: HistoryEntry[]): ItemDetails["comments"] & object =>
  history
    .filter((entry) => entry.comment !== "" && entry.delete_comment_date === null)
    .map((entry) => ({
      ...whoWhen(entry),
      text: toCleanText(entry.comment),
      ...(entry.edit_comment_date !== null && { edited: true as const }),
    }))
    .toReversed();

const toChanges = (history: HistoryEntry[], owner: HistoryOwner): ItemDetails["history"] & object =>
  history
    .map((entry) => ({
      ...whoWhen(entry),
      changes: toHistoryFields(entry, owner).map(
        ({ field, before, after }) => `${field}: ${before || "–"} → ${after || "–"}`,
      ),
    }))
    .filter(({ changes }) => changes.length > 0)
    .toReversed();

function toFieldNames(
  item: Item,
  project: Project,
  values: Record<string, unknown>,
): Record<string, string> {
  const fields = project[TAIGA_WORDS[item.kind].customFields];
  return Object.fromEntries(
    fields
      .map((field) => [field.name, toValueText(values[field.id])] as const)
      .filter(([, value]) => value !== ""),
  );
}
