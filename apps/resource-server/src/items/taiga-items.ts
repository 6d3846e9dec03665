import {
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
import { type ItemKind } from "./kinds.ts";

/** A row of one of Taiga's lists, and which list. */
export type ItemRow = (UserStoryRow & { kind: "story" }) | (TaskRow & { kind: "task" });
/** An item with its description. */
export type Item = (UserStory & { kind: "story" }) | (Task & { kind: "task" });

/** By Taiga's names; each kind reads its own. */
export type ItemFilter = UserStoryFilter & TaskFilter;
/** By Taiga's names; each kind reads its own. */
export type ItemPatch = UserStoryChanges & TaskChanges;

/** Taiga's stories and tasks behind one door. Throws `TaigaError` like the client below. */
export interface TaigaItems {
  list(kind: ItemKind, filter: ItemFilter, page: PageRequest): Promise<Page<ItemRow>>;
  getByRef(kind: ItemKind, projectId: number, ref: number): Promise<Item>;
  getById(kind: ItemKind, id: number): Promise<Item>;
  create(kind: ItemKind, values: ItemPatch & { project: number; subject: string }): Promise<Item>;
  update(kind: ItemKind, id: number, changes: ItemPatch & { version: number }): Promise<Item>;
}

const story = <Row extends object>(row: Row) => ({ ...row, kind: "story" as const });
const task = <Row extends object>(row: Row) => ({ ...row, kind: "task" as const });

export function createTaigaItems({ userStories, tasks }: TaigaClient): TaigaItems {
  return {
    list: async (kind, filter, page) => {
      if (kind === "story") {
        const rows = await userStories.list(filter, page);
        return { ...rows, items: rows.items.map(story) };
      }
      const rows = await tasks.list(filter, page);
      return { ...rows, items: rows.items.map(task) };
    },
    getByRef: async (kind, projectId, ref) =>
      kind === "story"
        ? story(await userStories.getByRef({ projectId }, ref))
        : task(await tasks.getByRef({ projectId }, ref)),
    getById: async (kind, id) =>
      kind === "story" ? story(await userStories.getById(id)) : task(await tasks.getById(id)),
    create: async (kind, values) =>
      kind === "story" ? story(await userStories.create(values)) : task(await tasks.create(values)),
    update: async (kind, id, changes) =>
      kind === "story"
        ? story(await userStories.update(id, changes))
        : task(await tasks.update(id, changes)),
  };
}
