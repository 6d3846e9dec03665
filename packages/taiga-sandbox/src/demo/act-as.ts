import type { Context } from "../model/context.ts";
import { epicRules } from "../items/epic-rules.ts";
import type { Body } from "../http/fields.ts";
import { issueRules } from "../items/issue-rules.ts";
import type { ItemRules } from "../items/item-rules.ts";
import { createItem, editItem } from "../items/item-writes.ts";
import { removeItem } from "../items/item-removal.ts";
import { rowsOf, type ObjectRows } from "../model/kinds.ts";
import { findByUsername, mustFind } from "../model/rows.ts";
import type { ItemKind, ObjectKind } from "../model/state.ts";
import { addRelated } from "../items/related-stories.ts";
import { storyRules } from "../items/story-rules.ts";
import { taskRules } from "../items/task-rules.ts";
import { createPage, deletePage, editPage } from "../wiki/wiki-writes.ts";

/** Actions of a user under the same rules as requests, for seeds and tests. */
export interface ActingUser {
  /**
   * Adds an item or a wiki page and returns its live row, which reflects later changes.
   *
   * @param fields Taiga's columns. Left out, the project is the first one and the subject or the
   *   slug counts up. `ref`, `owner`, `last_modifier` and the two dates can be set, too; set other
   *   columns that no request can set on the returned row.
   * @throws {ApiError} when Taiga would refuse it.
   */
  add<Kind extends ObjectKind>(kind: Kind, fields?: Body): ObjectRows[Kind];
  /**
   * Changes an item or a wiki page, or comments on it with `comment`. `version` defaults to the
   * current one.
   *
   * @throws {ApiError} when Taiga would refuse it.
   */
  change(kind: ObjectKind, id: number, fields: Body): void;
  /** @throws {ApiError} when Taiga would refuse it. */
  remove(kind: ObjectKind, id: number): void;
  /**
   * Puts a story into an epic, both by id.
   *
   * @throws {ApiError} when Taiga would refuse it.
   */
  link(epic: number, story: number): void;
}

/** How each kind is written. */
export const ITEM_RULES: { [Kind in ItemKind]: ItemRules<Kind> } = {
  epic: epicRules,
  userstory: storyRules,
  task: taskRules,
  issue: issueRules,
};

/** The columns that Taiga itself fills. */
const SYSTEM_COLUMNS = ["ref", "owner", "last_modifier", "created_date", "modified_date"];

/** @throws {Error} when no user has this name. */
export function actAs(context: Context, username: string): ActingUser {
  const { state } = context;
  const actor = findByUsername(state, username);
  const project = (fields: Body) => fields["project"] ?? state.projects[0]?.id;
  const addItem = (kind: ItemKind, fields: Body) =>
    createItem(context, ITEM_RULES[kind] as ItemRules<ItemKind>, actor, {
      project: project(fields),
      subject: `Subject ${rowsOf(state, kind).length + 1}`,
      ...fields,
    });
  const addPage = (fields: Body) =>
    createPage(context, actor, {
      project: project(fields),
      slug: `page-${state.wikiPages.length + 1}`,
      ...fields,
    });
  return {
    add: <Kind extends ObjectKind>(kind: Kind, fields: Body = {}) => {
      const row = kind === "wiki" ? addPage(fields) : addItem(kind, fields);
      const own = SYSTEM_COLUMNS.filter((name) => name in fields);
      return Object.assign(
        row,
        Object.fromEntries(own.map((name) => [name, fields[name]])),
      ) as unknown as ObjectRows[Kind];
    },
    change: (kind, id, fields) => {
      const { version } = mustFind<{ id: number; version: number }>(rowsOf(state, kind), id);
      const body = { version, ...fields };
      if (kind === "wiki") editPage(context, actor, id, body);
      else editItem(context, ITEM_RULES[kind] as ItemRules<ItemKind>, { actor, id, body });
    },
    remove: (kind, id) => {
      if (kind === "wiki") deletePage(context, actor, id);
      else removeItem(context, ITEM_RULES[kind] as ItemRules<ItemKind>, actor, id);
    },
    link: (epic, user_story) => {
      addRelated(context, actor, mustFind(state.epics, epic), { epic, user_story });
    },
  };
}
