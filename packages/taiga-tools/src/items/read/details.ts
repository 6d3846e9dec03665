import { type HistoryEntry, type TaigaClient, type TaigaObjectKind } from "@taiga-mcp/taiga-client";
import { toUsername } from "../../projects/people.ts";
import { type Project, type ProjectDirectory } from "../../projects/project-directory.ts";
import { toCleanText, toOneLine } from "../../text/clean.ts";
import { toValueText } from "../custom-fields.ts";
import { type HistoryOwner, toAssigneeIds, toHistoryFields } from "../history-fields.ts";
import { TAIGA_WORDS, WIKI_WORDS } from "../../kinds.ts";
import { type Located, type LocatedPage } from "../locate.ts";
import { type ItemSummary, type SummaryContext, toSummary } from "../summary.ts";
import { createTaigaItems, type Item } from "../taiga-items.ts";

/** The details of an item that can be read besides its summary. */
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

/** The requested details. People other than the caller wrote the texts, so all are cleaned. */
export interface ItemDetails {
  description?: string;
  comments?: { by: string; at: string; text: string; edited?: true }[];
  history?: { by: string; at: string; changes: string[] }[];
  attachments?: { name: string; bytes: number; url: string; description?: string }[];
  custom_fields?: Record<string, string>;
  /** The version of the custom fields, which Taiga counts separately. */
  customFieldsVersion?: number;
  /** A story's tasks, an epic's stories. */
  children?: ItemSummary[];
  /** The number of children that are not listed. */
  children_left_out?: number;
  /** More children exist, or may exist, than are listed. */
  children_incomplete?: true;
  followers?: string[];
  points_by_role?: Record<string, string>;
}

const MAX_CHILDREN = 100;

export interface DetailsDeps {
  taiga: TaigaClient;
  projects: Pick<ProjectDirectory, "covers" | "nameFormerMembers">;
}

/** Reads the requested details of an item, with at most one request for each kind of detail. */
export async function readDetails(
  { item, project }: Pick<Located, "item" | "project">,
  include: ReadonlySet<Include>,
  deps: DetailsDeps,
  context: SummaryContext,
): Promise<ItemDetails> {
  const { taiga, projects } = deps;
  const { type } = TAIGA_WORDS[item.kind];
  if (include.has("followers")) await projects.nameFormerMembers(project, item.watchers);
  const [shared, custom, children] = await Promise.all([
    readShared({ type, id: item.id, kind: item.kind, project }, include, deps),
    include.has("custom_fields") ? taiga.customAttributeValues.get(type, item.id) : undefined,
    include.has("children") ? readChildren(item, project, deps, context) : undefined,
  ]);
  return {
    ...(include.has("description") && { description: toCleanText(item.description) }),
    ...(include.has("description") && toPointsByRole(item, project)),
    ...shared,
    ...(custom && {
      custom_fields: toFieldNames(item, project, custom.attributes_values),
      customFieldsVersion: custom.version,
    }),
    ...children,
    ...(include.has("followers") && {
      followers: item.watchers.map((id) => toUsername(project, id)),
    }),
  };
}

/** Reads the requested details of a wiki page; its content counts as the description. */
export async function readPageDetails(
  { page, project }: Pick<LocatedPage, "page" | "project">,
  include: ReadonlySet<Include>,
  deps: DetailsDeps,
): Promise<ItemDetails> {
  const { type } = WIKI_WORDS;
  const shared = await readShared({ type, id: page.id, kind: page.kind, project }, include, deps);
  return {
    ...(include.has("description") && { description: toCleanText(page.content) }),
    ...shared,
  };
}

/** Reads the details that items and wiki pages have in common. */
async function readShared(
  owner: HistoryOwner & { type: TaigaObjectKind; id: number },
  include: ReadonlySet<Include>,
  { taiga, projects }: DetailsDeps,
): Promise<Pick<ItemDetails, "comments" | "history" | "attachments">> {
  const { type, id, project } = owner;
  const wantsHistory = include.has("comments") || include.has("history");
  const [history, attachments] = await Promise.all([
    wantsHistory ? taiga.history.list(type, id) : undefined,
    include.has("attachments") ? taiga.attachments.list(type, project.id, id) : undefined,
  ]);
  if (include.has("history") && history) {
    await projects.nameFormerMembers(project, history.flatMap(toAssigneeIds));
  }
  return {
    ...(include.has("comments") && history && { comments: toComments(history) }),
    ...(include.has("history") && history && { history: toChanges(history, owner) }),
    ...(attachments && {
      attachments: attachments.map((file) => ({
        name: toOneLine(file.name),
        bytes: file.size ?? 0,
        url: file.url,
        ...(file.description !== "" && { description: toOneLine(file.description) }),
      })),
    }),
  };
}

/** Reads a story's tasks or an epic's stories; other kinds have no children. */
async function readChildren(
  item: Item,
  project: Project,
  { taiga, projects }: DetailsDeps,
  context: SummaryContext,
): Promise<Pick<ItemDetails, "children" | "children_left_out" | "children_incomplete">> {
  if (item.kind !== "story" && item.kind !== "epic") return {};
  const page = { pageSize: MAX_CHILDREN };
  const { items, total, hasNext } =
    item.kind === "story"
      ? await createTaigaItems(taiga).list(
          "task",
          { project: project.id, user_story: item.id, order_by: "us_order" },
          page,
        )
      : await createTaigaItems(taiga).list(
          "story",
          { epic: item.id, order_by: "epic_order" },
          page,
        );
  // An epic may have stories of other projects, including projects that the grant does not cover.
  const children = items
    .filter((row) => projects.covers(row.project))
    .map((row) =>
      toSummary(row, CHILD_FIELDS, {
        ...context,
        ...(row.project !== project.id && { project: undefined, qualified: true }),
      }),
    );
  // Taiga's total includes the stories of projects that the grant does not cover.
  if (item.kind === "epic" && context.projects.isLimited) {
    return { children, ...(hasNext && { children_incomplete: true as const }) };
  }
  const leftOut = total - items.length;
  return { children, ...(leftOut > 0 && { children_left_out: leftOut }) };
}

const CHILD_FIELDS = ["status", "assigned_to", "sprint", "points", "closed"] as const;

function toPointsByRole(item: Item, project: Project): Pick<ItemDetails, "points_by_role"> {
  if (item.kind !== "story") return {};
  const named = Object.entries(item.points).flatMap(([roleId, pointsId]) => {
    const role = project.roles.find(({ id }) => id === Number(roleId))?.name;
    const points = project.points.find(({ id }) => id === pointsId);
    return role === undefined || points === undefined || points.value === null
      ? []
      : [[toOneLine(role), toOneLine(points.name)]];
  });
  return named.length === 0 ? {} : { points_by_role: Object.fromEntries(named) };
}

const authorAndTime = (entry: HistoryEntry) => ({
  by: toOneLine(entry.user?.username ?? entry.user?.name ?? "unknown"),
  at: entry.created_at,
});

/** Comments, oldest first, without the deleted ones, which Taiga still sends. */
const toComments = (history: HistoryEntry[]): ItemDetails["comments"] & object =>
  history
    .filter((entry) => entry.comment !== "" && entry.delete_comment_date === null)
    .map((entry) => ({
      ...authorAndTime(entry),
      text: toCleanText(entry.comment),
      ...(entry.edit_comment_date !== null && { edited: true as const }),
    }))
    .toReversed();

const toChanges = (history: HistoryEntry[], owner: HistoryOwner): ItemDetails["history"] & object =>
  history
    .map((entry) => ({
      ...authorAndTime(entry),
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
      .map((field) => [toOneLine(field.name), toValueText(values[field.id])] as const)
      .filter(([, value]) => value !== ""),
  );
}
