import { allocateId } from "../rows.ts";
import type { CustomAttribute, Item, ItemKind, Milestone, WikiPage } from "../state.ts";
import { byName, toSlug } from "./build-project.ts";
import type { Draft, Moment } from "./draft.ts";

/** @param days the first and the last day, counted from the day of the seeding. */
export function addMilestone(
  { state, project, day, at, userId, own }: Draft,
  name: string,
  by: string,
  [start, finish]: readonly [start: number, finish: number],
): Milestone {
  const planned = at([start - 3, "09:00"]);
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
  return milestone;
}

export function addWikiPage(
  { state, project, at, userId }: Draft,
  slug: string,
  page: { by: string; at: Moment; content: string },
): WikiPage {
  const written = at(page.at);
  const added: WikiPage = {
    id: allocateId(state, "wikiPages"),
    project: project.id,
    slug,
    content: page.content,
    owner: userId(page.by),
    last_modifier: userId(page.by),
    created_date: written,
    modified_date: written,
    editions: 1,
    version: 1,
  };
  state.wikiPages.push(added);
  return added;
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
