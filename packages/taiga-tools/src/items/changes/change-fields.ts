import { z } from "zod";
import {
  clearableDay,
  clearableName,
  flag,
  listOf,
  mapOf,
  maybe,
  names,
  openRow,
  strictFields,
  text,
} from "../../schema/fields.ts";
import { ITEM_KINDS } from "../../kinds.ts";

const MAX_TEXT = 100_000;

const value = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const refs = listOf(text(500), 100);

const color = text(7).refine((value) => /^#[\da-f]{6}$/i.test(value), "must be #rrggbb");

/** What any item, and any task made with its story, can be given. */
const plainFields = {
  description: maybe(text(MAX_TEXT)),
  status: maybe(text(200)),
  assigned_to: z
    .preprocess((value) => value ?? [], listOf(clearableName, 20))
    .describe("User names or me")
    .optional(),
  points: maybe(mapOf(text(50)).describe('By role: {"Back": "3"}')),
  tags: maybe(names),
  due_date: clearableDay.describe("YYYY-MM-DD").optional(),
  blocked: maybe(flag),
  blocked_note: maybe(text(MAX_TEXT)),
  swimlane: clearableName.optional(),
  custom_fields: maybe(mapOf(value).describe('{"Name": value}')),
};

/** What a task made with its story has from the story, or has not at all. */
const otherFields = {
  sprint: clearableName.describe("Name, current or next").optional(),
  parent: clearableName.describe("Story of a task: #42").optional(),
  epic: maybe(refs.describe("Epics of a story: #7")),
  stories: maybe(refs.describe("Stories of an epic: #42")),
  type: maybe(text(200).describe("Only issues have type, severity and priority")),
  severity: maybe(text(200)),
  priority: maybe(text(200)),
  color: maybe(color.describe("Of an epic: #rrggbb")),
};

const subject = text(500).refine(
  (line) => line !== "" && !/[\r\n]/.test(line),
  "must be one line that is not blank",
);

/** What an update can change; what is left out stays as it is. */
const changeFields = {
  subject: maybe(subject),
  ...plainFields,
  ...otherFields,
  add_tags: maybe(names),
  remove_tags: maybe(names),
  comment: maybe(text(MAX_TEXT)),
};

/** The fields of `Changes`, for a model: as a schema they would cost five times the tokens. */
export const CHANGES_TEXT =
  'subject, description, status, assigned_to (list), sprint, parent (story of a task, #42), epic (list, of a story), stories (list, of an epic), type, severity, priority, points (by role: {"Back": "3"}), tags, add_tags, remove_tags, due_date, blocked, blocked_note, color, swimlane, custom_fields ({"Name": value}), comment. A list replaces the old one; [] or "none" clears';

/** Refuses what is misspelt: a change ignored in silence would look like one made. */
export const Changes = strictFields(changeFields)
  .refine(({ tags, add_tags, remove_tags }) => tags === undefined || !(add_tags ?? remove_tags), {
    message: "give either the whole list or add_tags and remove_tags",
    path: ["tags"],
  })
  .refine(({ blocked, blocked_note }) => blocked !== false || !blocked_note, {
    message: "only what is blocked has a note",
    path: ["blocked_note"],
  });
export type Changes = z.output<typeof Changes>;

/** A task made together with its story, whose project and sprint it shares. */
export const NewTask = strictFields({ subject, ...plainFields });
export type NewTask = z.output<typeof NewTask>;

const MAX_TASKS = 50;

const toInput = (value: object): z.input<typeof NewTask> => value as z.input<typeof NewTask>;

/** An item to be made; what is left out gets the project's default. */
export const NewItem = strictFields({
  kind: maybe(z.enum(ITEM_KINDS).describe("Default: story")),
  project: maybe(text(200).describe("If not the call's project")),
  subject,
  ...plainFields,
  ...otherFields,
  // Shown by its subject alone: the other fields are those above, and tokens are money.
  tasks: maybe(
    listOf(openRow({ subject: z.string() }).transform(toInput).pipe(NewTask), MAX_TASKS).describe(
      "Tasks of a story: subject, description, status, assigned_to, tags, due_date, custom_fields",
    ),
  ),
});
export type NewItem = z.output<typeof NewItem>;
