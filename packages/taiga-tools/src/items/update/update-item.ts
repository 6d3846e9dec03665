import { type HistoryEntry, type Me, TaigaError } from "@taiga-mcp/taiga-client";
import { ToolError } from "../../errors.ts";
import { type Project } from "../../projects/project-directory.ts";
import { toCustomFieldsChange } from "./custom-field-changes.ts";
import { type Conflict, type FieldChange, findConflicts, toDifference } from "./difference.ts";
import { type LinkDeps, toLinksChange } from "../changes/epic-links.ts";
import { TAIGA_WORDS } from "../../kinds.ts";
import { type Located } from "../locate.ts";
import { toNotified } from "../changes/notified.ts";
import { type ResolvedChanges } from "../changes/resolve-changes.ts";
import { createTaigaItems, type Item } from "../taiga-items.ts";
import { type BaseVersion, toVersionText } from "../version.ts";
import { type PlannedWrite, writeUpdate } from "./write-update.ts";

export interface UpdateRequest {
  located: Located;
  changes: ResolvedChanges;
  /** The version that the caller saw; by default the current one. */
  base?: BaseVersion | undefined;
  /** Compares, but writes nothing. */
  dryRun: boolean;
}

export interface UpdateResult {
  outcome: "updated" | "would_update" | "unchanged" | "conflict";
  /** The version after the update. */
  version: string;
  changes: Pick<FieldChange, "field" | "before" | "after">[];
  conflicts: Conflict[];
  /** Usernames whom Taiga notifies by default: owner, assignees, followers, mentioned people. */
  notified: string[];
  /** What failed after a part of the item was written. */
  note?: string;
}

export interface UpdateDeps extends LinkDeps {
  me: Me;
}

/**
 * Updates one item without overwriting other users' changes. Changes that others made since `base`
 * are kept if they concern other fields. If they concern the same fields they are conflicts, and
 * nothing of the item is written.
 *
 * Taiga itself detects conflicts when it writes, except in fields that its history records under
 * other names and in custom fields. This function finds those conflicts in the history.
 *
 * @throws {ToolError} `invalid_argument` for a version that the item never had.
 * @throws {TaigaError}
 */
export async function updateItem(request: UpdateRequest, deps: UpdateDeps): Promise<UpdateResult> {
  const { taiga, me } = deps;
  const { project } = request.located;
  let { item } = request.located;
  const base = request.base ?? { item: item.version };
  for (let attempt = 1; ; attempt += 1) {
    const plan = await planUpdate({ item, project, base, changes: request.changes }, deps);
    const planned = {
      version: toVersionText({ item: item.version, ...plan.customFieldsVersion }),
      changes: plan.shown,
      conflicts: plan.conflicts,
      notified: toNotified(item, request.changes, project, me),
    };
    if (plan.conflicts.length > 0) return { ...planned, outcome: "conflict" };
    if (plan.shown.length === 0) return { ...planned, outcome: "unchanged", notified: [] };
    if (request.dryRun) return { ...planned, outcome: "would_update" };
    try {
      return { ...planned, ...(await writeUpdate(item, plan, taiga)), outcome: "updated" };
    } catch (error) {
      const overtaken = error instanceof TaigaError && error.code === "version_conflict";
      if (!overtaken || attempt === 2) throw error;
      // Another user changed the item between the read and the write: compare again.
      item = await createTaigaItems(taiga).getById(item.kind, item.id);
    }
  }
}

interface UpdatePlan extends PlannedWrite {
  conflicts: Conflict[];
  shown: Pick<FieldChange, "field" | "before" | "after">[];
}

async function planUpdate(
  wanted: { item: Item; project: Project; base: BaseVersion; changes: ResolvedChanges },
  { taiga, projects }: LinkDeps,
): Promise<UpdatePlan> {
  const { item, project, base, changes } = wanted;
  const { type } = TAIGA_WORDS[item.kind];
  const values = changes.customFields && (await taiga.customAttributeValues.get(type, item.id));
  const custom = values && toCustomFieldsChange(changes.customFields, values);
  verifyBase(base, { item: item.version, ...(values && { customFields: values.version }) });

  const difference = toDifference(item, changes, project);
  const links = await toLinksChange(item, changes, { taiga, projects });
  const customShown = custom === undefined ? [] : [{ field: "custom_fields", ...custom }];
  const missed = {
    item: difference.length > 0 ? item.version - base.item : 0,
    custom: custom && values ? values.version - (base.customFields ?? values.version) : 0,
  };
  const history =
    missed.item > 0 || missed.custom > 0 ? await taiga.history.list(type, item.id) : [];
  const owner = { kind: item.kind, project };
  const conflicts = [
    ...findConflicts(difference, entriesOfItem(history).slice(0, missed.item), owner),
    ...findConflicts(customShown, entriesOfFields(history).slice(0, missed.custom), owner),
  ];
  const { comment } = changes;
  return {
    patch: {
      ...Object.assign({}, ...difference.map(({ patch }) => patch)),
      ...(comment !== undefined && { comment }),
    },
    // Taiga treats changes of other tags as conflicts: merged tag changes use the current version.
    version: difference.some(({ parts }) => parts !== undefined) ? item.version : base.item,
    custom,
    links: links?.links ?? [],
    customFieldsVersion: values === undefined ? {} : { customFields: values.version },
    conflicts,
    shown: [
      ...difference,
      ...customShown,
      ...(links === undefined ? [] : [links]),
      ...(comment === undefined ? [] : [{ field: "comment", before: "", after: comment }]),
    ].map(({ field, before, after }) => ({ field, before, after })),
  };
}

function verifyBase(base: BaseVersion, current: BaseVersion): void {
  const newer = (one = 0, other = Number.POSITIVE_INFINITY) => one > other;
  if (newer(base.item, current.item) || newer(base.customFields, current.customFields)) {
    throw new ToolError(
      "invalid_argument",
      `version: ${toVersionText(base)} is newer than the item's own ${toVersionText(current)}; use the version that get_items shows for this item.`,
    );
  }
}

/** Changes that have history entries but do not increase the item's version. */
const UNCOUNTED: readonly string[] = ["attachments", "custom_attributes"];

const entriesOfItem = (history: readonly HistoryEntry[]) =>
  history.filter(({ diff }) => {
    const keys = Object.keys(diff);
    return keys.length === 0 || !keys.every((key) => UNCOUNTED.includes(key));
  });

const entriesOfFields = (history: readonly HistoryEntry[]) =>
  history.filter(({ diff }) => "custom_attributes" in diff);
