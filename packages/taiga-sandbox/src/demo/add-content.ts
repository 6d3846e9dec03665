import { createHash } from "node:crypto";
import { storeFile } from "../items/attachment-writes.ts";
import { allocateId } from "../model/rows.ts";
import { toSlug } from "../model/slugs.ts";
import { takeSnapshot, type Recorded } from "../history/snapshots.ts";
import type { CustomAttribute, Item, ItemKind, Milestone } from "../model/state.ts";
import { addTimelineEvent } from "../history/timeline.ts";
import { addUnversionedEntry, type Happening } from "./add-history.ts";
import { byName } from "./build-project.ts";
import type { Draft } from "./draft.ts";

/** @param days the first and the last day, counted from the day of the seeding. */
export function addMilestone(
  { state, project, day, at, userId, own }: Draft,
  name: string,
  by: string,
  [start, finish]: readonly [start: number, finish: number],
): Milestone {
  // A sprint to come was planned lately, not in the future.
  const planned = at([Math.min(start, 0) - 3, "09:00"]);
  const milestone: Milestone = {
    id: allocateId(state, "milestones"),
    project: project.id,
    name,
    slug: toSlug(name),
    owner: userId(by),
    estimated_start: day(start),
    estimated_finish: day(finish),
    created_date: planned,
    modified_date: planned,
    closed: false,
    order: own(state.milestones).length + 1,
  };
  state.milestones.push(milestone);
  const event = { action: "create", author: milestone.owner, created: planned } as const;
  addTimelineEvent(state, { kind: "milestone", item: milestone }, event);
  return milestone;
}

/** Adds a custom field. As in Taiga, each kind of item counts the ids of its own. */
export function addCustomAttribute(
  { state, project, own }: Draft,
  attribute: Pick<CustomAttribute, "kind" | "name" | "description" | "type" | "extra">,
): CustomAttribute {
  const added: CustomAttribute = {
    ...attribute,
    id: allocateId(state, `customAttributes.${attribute.kind}`),
    project: project.id,
    order: own(state.customAttributes).length + 1,
    created_date: project.created_date,
    modified_date: project.created_date,
  };
  state.customAttributes.push(added);
  return added;
}

/** Fills in the custom fields of an item, by their names. */
export function setCustomValues(
  { state, project, own }: Draft,
  kind: ItemKind,
  item: Item,
  values: Record<string, unknown>,
): void {
  const attributes = own(state.customAttributes).filter((row) => row.kind === kind);
  const byId = Object.entries(values).map(([name, value]) => [
    String(byName(attributes, project, name).id),
    value,
  ]);
  state.customAttributeValues.push({
    kind,
    object: item.id,
    attributes_values: Object.fromEntries(byId),
    version: 2,
  });
}

/** Attaches a text file. Its path follows from its name, so that every seeding gives the same. */
export function addFile(
  draft: Draft,
  happening: Happening,
  file: { name: string; mediaType: string; text: string; description: string; forComment?: true },
): void {
  const { state, userId } = draft;
  const { kind, item, by, at } = happening;
  const subject = { kind, item } as Recorded;
  const before = takeSnapshot(state, subject)["attachments"];
  const attachment = storeFile(
    state,
    { name: file.name, mediaType: file.mediaType, bytes: Buffer.from(file.text) },
    {
      kind,
      object: item.id,
      owner: userId(by),
      folder: createHash("sha256").update(file.name).digest("hex").slice(0, 60),
      now: draft.at(at),
    },
  );
  attachment.description = file.description;
  attachment.from_comment = file.forComment === true;
  const after = takeSnapshot(state, subject)["attachments"];
  addUnversionedEntry(draft, { ...happening, type: 1, diff: { attachments: [before, after] } });
}
