import { type Criteria } from "./criteria.ts";
import { type ItemKind, TAIGA_WORDS } from "../../kinds.ts";
import { type Project } from "../../projects/project-directory.ts";
import { toTaigaTag } from "../../projects/tags.ts";
import { isOverdue } from "../item-words.ts";
import { type ItemFilter, type ItemRow } from "../taiga-items.ts";

/**
 * Maps the criteria that mean the same in every project to Taiga's filters.
 * @param project whose tags are meant, if it is known.
 */
export function toPlainFilter(
  criteria: Criteria,
  kind: ItemKind,
  project?: Pick<Project, "tags_colors">,
): ItemFilter {
  const { finished } = TAIGA_WORDS[kind];
  const tags = splitNames(criteria.tags);
  const toTags = (names: string[]) =>
    names.map((tag) => toTaigaTag(tag, project ?? { tags_colors: {} }));
  const all = {
    q: criteria.text,
    [kind === "story" ? "is_closed" : "status__is_closed"]: criteria.closed,
    tags: some(toTags(tags.included)),
    exclude_tags: some(toTags(tags.excluded)),
    created_date__gte: criteria.created_after,
    created_date__lt: criteria.created_before,
    modified_date__gte: criteria.modified_after,
    modified_date__lt: criteria.modified_before,
    ...(finished !== undefined && {
      [`${finished}__gte`]: criteria.finished_after,
      [`${finished}__lt`]: criteria.finished_before,
    }),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** Tests for criteria that Taiga cannot filter; `undefined` if none of them is given. */
export function toTest(criteria: Criteria, today: string): ((row: ItemRow) => boolean) | undefined {
  const { overdue, due_before, blocked, unestimated } = criteria;
  const tests: ((row: ItemRow) => boolean)[] = [];
  if (overdue !== undefined) tests.push((row) => isOverdue(row, today) === overdue);
  if (due_before !== undefined) {
    tests.push((row) => row.due_date !== null && row.due_date < due_before);
  }
  if (blocked !== undefined) tests.push((row) => row.is_blocked === blocked);
  if (unestimated !== undefined) {
    tests.push((row) => row.kind === "story" && (row.total_points === null) === unestimated);
  }
  return tests.length === 0 ? undefined : (row) => tests.every((test) => test(row));
}

/** Separates names to include from names to exclude, which start with `!`. */
export function splitNames(names: readonly string[] = []): {
  included: string[];
  excluded: string[];
} {
  const isExcluded = (name: string) => name.startsWith("!");
  return {
    included: names.filter((name) => !isExcluded(name)),
    excluded: names.filter(isExcluded).map((name) => name.slice(1).trim()),
  };
}

const some = (list: string[]): string[] | undefined => (list.length > 0 ? list : undefined);
