import { capText, MAX_ANSWER_BYTES } from "../../text/cap.ts";
import { toOneLine } from "../../text/clean.ts";
import { fence } from "../../text/fence.ts";
import { type CreateOutcome } from "./create-items.ts";
import { toValueText } from "../custom-fields.ts";
import { type ItemKind, TAIGA_WORDS } from "../../kinds.ts";
import { countOutcomes } from "../outcome.ts";
import { type PlannedItem } from "./plan-creation.ts";

/** The outcome of one item as data. */
type CreateRow = {
  /** Position in the input: `2`, or `2.0` for a task of item 2. */
  item: string;
  kind: ItemKind;
  subject: string;
  outcome: string;
  /** `slug#42` */
  ref?: string;
  url?: string;
  /** Dry run only: the values that would be set, by field. */
  fields?: Record<string, string>;
  note?: string;
  error?: string;
};

type Answer = { text: string; data: { items: CreateRow[]; repeated?: true } };

/** Formats the outcome of each item as an answer. */
export function toCreateAnswer(
  outcomes: readonly CreateOutcome[],
  { repeated, taigaWebUrl }: { repeated: boolean; taigaWebUrl: string },
): Answer {
  const items = outcomes.map((one): CreateRow => {
    const { path, kind, subject, project, ...rest } = one;
    const row = { item: path, kind, subject: toOneLine(subject) };
    if (rest.outcome !== "created") return { ...row, ...rest };
    const { ref, outcome, note } = rest;
    const url = `${taigaWebUrl}/project/${project}/${TAIGA_WORDS[kind].page}/${ref}`;
    return { ...row, outcome, ref: `${project}#${ref}`, url, ...(note !== undefined && { note }) };
  });
  const header = repeated ? "Already done by an earlier call with this key: " : "";
  return toAnswer(header, items, repeated);
}

/** Formats the items that would be created as an answer. */
export function toCreatePreview(planned: readonly PlannedItem[]): Answer {
  const items = planned
    .flatMap((item) => [item, ...item.tasks])
    .map((item): CreateRow => ({
      item: item.path,
      kind: item.kind,
      subject: toOneLine(item.subject),
      outcome: "would_create",
      fields: { project: item.project.slug, ...toFields(item) },
    }));
  return toAnswer("Dry run, nothing was written: ", items, false);
}

function toFields({ changes }: PlannedItem): Record<string, string> {
  const { assignees, sprint, points, tags, customFields } = changes;
  const all = {
    status: changes.status?.name,
    assigned_to: assignees?.map(({ username }) => `@${username}`).join(" "),
    sprint: sprint?.name,
    parent: changes.parent?.name,
    epic: changes.epics?.map(({ name }) => name).join(" "),
    stories: changes.stories?.map(({ name }) => name).join(" "),
    type: changes.type?.name,
    severity: changes.severity?.name,
    priority: changes.priority?.name,
    color: changes.color,
    points: points?.map((one) => `${one.role.name} ${one.points.name}`).join(", "),
    tags: tags !== undefined && "replace" in tags ? tags.replace.join(", ") : undefined,
    due_date: changes.dueDate ?? undefined,
    blocked: changes.blocked ? changes.blockedNote || "yes" : undefined,
    swimlane: changes.swimlane?.name,
    custom_fields: customFields
      ?.map(({ field, value }) => `${field.name} = ${toValueText(value)}`)
      .join(", "),
    description:
      changes.description === undefined ? undefined : `${changes.description.length} characters`,
    would_notify: assignees?.map(({ username }) => `@${username}`).join(" "),
  };
  return Object.fromEntries(
    Object.entries(all).filter((pair): pair is [string, string] => Boolean(pair[1])),
  );
}

function toAnswer(header: string, items: CreateRow[], repeated: boolean): Answer {
  const body = capText(items.map(toRowText).join("\n"), MAX_ANSWER_BYTES);
  return {
    text: `${header}${countOutcomes(items) || "no items"}.\n${fence(body)}`,
    data: { items, ...(repeated && { repeated: true as const }) },
  };
}

function toRowText(row: CreateRow): string {
  const { fields = {} } = row;
  return [
    `${row.ref ?? `items[${row.item}]`} ${row.kind} ${row.subject} | ${row.outcome.replaceAll("_", " ")}`,
    ...Object.entries(fields).map(([name, value]) => `${name}: ${toOneLine(value)}`),
    row.note,
    row.error,
  ]
    .filter((part) => part !== undefined)
    .join(" | ");
}
