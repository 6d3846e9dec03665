import {
  type Epic,
  type EpicChanges,
  type EpicFilter,
  type EpicRow,
  type Issue,
  type IssueChanges,
  type IssueFilter,
  type IssueRow,
  type Page,
  type PageRequest,
  type TaigaClient,
  type Task,
  type TaskChanges,
  type TaskFilter,
  type TaskRow,
  type UserStory,
  type UserStoryChanges,
  type UserStoryFilter,
  type UserStoryRow,
} from "@taiga-mcp/taiga-client";
import { type ItemKind } from "../kinds.ts";

/** Defaults for fields that some kinds lack, so that readers need not distinguish kinds. */
const FIELD_DEFAULTS = { milestone: null, due_date: null, total_comments: null } as const;
type Defaults<Field extends keyof typeof FIELD_DEFAULTS> = Pick<typeof FIELD_DEFAULTS, Field>;

type Kinds<Story, TaskLike, IssueLike, EpicLike> =
  | (Story & { kind: "story" })
  | (TaskLike & { kind: "task" })
  | (IssueLike & Defaults<"total_comments"> & { kind: "issue" })
  | (EpicLike & Defaults<keyof typeof FIELD_DEFAULTS> & { kind: "epic" });

/** A row of one of Taiga's lists, with its kind. */
export type ItemRow = Kinds<UserStoryRow, TaskRow, IssueRow, EpicRow>;
/** An item with its description. */
export type Item = Kinds<UserStory, Task, Issue, Epic>;

/** The item as it is after a move to a sprint; epics have none. */
export const inSprint = (item: Item, sprintId: number | null): Item =>
  item.kind === "epic" ? item : { ...item, milestone: sprintId };

/** By Taiga's names; each kind reads its own. */
export type ItemFilter = UserStoryFilter & TaskFilter & IssueFilter & EpicFilter;
/** By Taiga's names; each kind reads its own. */
export type ItemPatch = UserStoryChanges & TaskChanges & IssueChanges & EpicChanges;

/** Taiga's four kinds of items behind one interface. Throws `TaigaError`, as the client does. */
export interface TaigaItems {
  list(kind: ItemKind, filter: ItemFilter, page: PageRequest): Promise<Page<ItemRow>>;
  getByRef(kind: ItemKind, projectId: number, ref: number): Promise<Item>;
  getById(kind: ItemKind, id: number): Promise<Item>;
  create(kind: ItemKind, values: ItemPatch & { project: number; subject: string }): Promise<Item>;
  update(kind: ItemKind, id: number, changes: ItemPatch & { version: number }): Promise<Item>;
  delete(kind: ItemKind, id: number): Promise<void>;
}

export function createTaigaItems({ userStories, tasks, issues, epics }: TaigaClient): TaigaItems {
  const resources = { story: userStories, task: tasks, issue: issues, epic: epics };
  // TypeScript cannot infer the kind of row from a resource that is looked up by kind.
  const toRow = (kind: ItemKind, row: object) => ({ ...FIELD_DEFAULTS, ...row, kind }) as ItemRow;
  const toItem = (kind: ItemKind, item: object) => ({ ...FIELD_DEFAULTS, ...item, kind }) as Item;
  return {
    list: async (kind, filter, page) => {
      const rows = await resources[kind].list(filter, page);
      return { ...rows, items: rows.items.map((row) => toRow(kind, row)) };
    },
    getByRef: async (kind, projectId, ref) =>
      toItem(kind, await resources[kind].getByRef({ projectId }, ref)),
    getById: async (kind, id) => toItem(kind, await resources[kind].getById(id)),
    create: async (kind, values) => toItem(kind, await resources[kind].create(values)),
    update: async (kind, id, changes) => toItem(kind, await resources[kind].update(id, changes)),
    delete: (kind, id) => resources[kind].delete(id),
  };
}
