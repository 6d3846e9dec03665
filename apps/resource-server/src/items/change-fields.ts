import { z } from "zod";
import {
  clearableDay,
  clearableName,
  flag,
  listOf,
  mapOf,
  maybe,
  names,
  text,
} from "../mcp/fields.ts";
import { ITEM_KINDS } from "./kinds.ts";

const MAX_TEXT = 100_000;

const value = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const commonFields = {
  description: maybe(text(MAX_TEXT)),
  status: maybe(text(200)),
  assigned_to: z
    .preprocess((value) => value ?? [], listOf(clearableName, 20))
    .describe("Usernames, full names or me; [] for nobody")
    .optional(),
  sprint: clearableName.describe("Name, current, next or backlog").optional(),
  parent: clearableName.describe("Task's story, #42 or none").optional(),
  points: maybe(mapOf(text(50)).describe('By role: {"Back": "3"}')),
  tags: maybe(names),
  due_date: clearableDay.describe("YYYY-MM-DD, or none").optional(),
  blocked: maybe(flag),
  blocked_note: maybe(text(MAX_TEXT)),
  swimlane: clearableName.describe("Name, or none").optional(),
  custom_fields: maybe(mapOf(value).describe("By name")),
};

const subject = text(500).refine(
  (line) => line !== "" && !/[\r\n]/.test(line),
  "must be one line that is not blank",
);

/** What an update can change; what is left out stays as it is. */
const changeFields = {
  subject: maybe(subject),
  ...commonFields,
  add_tags: maybe(names),
  remove_tags: maybe(names),
  comment: maybe(text(MAX_TEXT)),
};

/** Refuses what is misspelt: a change ignored in silence would look like one made. */
export const Changes = z
  .strictObject(changeFields)
  .refine(({ tags, add_tags, remove_tags }) => tags === undefined || !(add_tags ?? remove_tags), {
    message: "give either the whole list or add_tags and remove_tags",
    path: ["tags"],
  })
  .refine(({ blocked, blocked_note }) => blocked !== false || !blocked_note, {
    message: "only what is blocked has a note",
    path: ["blocked_note"],
  });
export type Changes = z.output<typeof Changes>;

const newFields = { subject, ...commonFields };

/** A task made together with its story, whose project and sprint it shares. */
export const NewTask = z.strictObject(newFields).omit({ parent: true, sprint: true });
export type NewTask = z.output<typeof NewTask>;

const MAX_TASKS = 50;

const toInput = (value: object): z.input<typeof NewTask> => value as z.input<typeof NewTask>;

/** An item to be made; what is left out gets the project's default. */
export const NewItem = z.strictObject({
  kind: maybe(z.enum(ITEM_KINDS).describe("Default story")),
  project: maybe(text(200).describe("If not that of the call")),
  ...newFields,
  // Shown by its subject alone: the other fields are those above, and tokens are money.
  tasks: maybe(
    listOf(
      z.looseObject({ subject: z.string() }).transform(toInput).pipe(NewTask),
      MAX_TASKS,
    ).describe("Story's tasks: same fields, but parent and sprint"),
  ),
});
export type NewItem = z.output<typeof NewItem>;
