import { z } from "zod";
import {
  clearableDay,
  clearableName,
  flag,
  isWhole,
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
const longText = text(MAX_TEXT).refine(...isWhole);

const value = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const refs = listOf(text(500), 100);

const color = text(7).refine((value) => /^#[\da-f]{6}$/i.test(value), "must be #rrggbb");

/** The fields of every item, including a task created with its story. */
const plainFields = {
  description: maybe(longText),
  status: maybe(text(200)),
  assigned_to: z
    .preprocess((value) => value ?? [], listOf(clearableName, 20))
    .describe("User names or me")
    .optional(),
  points: maybe(mapOf(text(50)).describe('By role: {"Back": "3"}')),
  tags: maybe(names),
  due_date: clearableDay.describe("YYYY-MM-DD").optional(),
  blocked: maybe(flag),
  blocked_note: maybe(longText),
  swimlane: clearableName.optional(),
  custom_fields: maybe(mapOf(value).describe('{"Name": value}')),
};

/** Fields that a task created with its story inherits from the story or cannot have. */
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
  "must be one line and not blank",
);

/** The fields that an update can change; omitted fields keep their values. */
const changeFields = {
  subject: maybe(subject),
  ...plainFields,
  ...otherFields,
  add_tags: maybe(names),
  remove_tags: maybe(names),
  comment: maybe(longText),
};

/** The fields of `Changes` as text for a model: a schema would cost five times the tokens. */
export const CHANGES_TEXT =
  'subject, description, status, assigned_to (list), sprint, parent (story of a task, #42), epic (list, of a story), stories (list, of an epic), type, severity, priority, points (by role: {"Back": "3"}), tags, add_tags, remove_tags, due_date, blocked, blocked_note, color, swimlane, custom_fields ({"Name": value}), comment. A list replaces the old one; [] or "none" clears';

/** Refuses unknown fields: a model would take a silently ignored change for a successful one. */
export const Changes = strictFields(changeFields)
  .refine(({ tags, add_tags, remove_tags }) => tags === undefined || !(add_tags ?? remove_tags), {
    message: "use either tags or add_tags and remove_tags",
    path: ["tags"],
  })
  .refine(({ blocked, blocked_note }) => blocked !== false || !blocked_note, {
    message: "only a blocked item has a note",
    path: ["blocked_note"],
  });
export type Changes = z.output<typeof Changes>;

/** A task created with its story, whose project and sprint it shares. */
export const NewTask = strictFields({ subject, ...plainFields });
export type NewTask = z.output<typeof NewTask>;

const MAX_TASKS = 50;

const toInput = (value: object): z.input<typeof NewTask> => value as z.input<typeof NewTask>;

/** An item to create; omitted fields get the project's defaults. */
export const NewItem = strictFields({
  kind: maybe(z.enum(ITEM_KINDS).describe("Default: story")),
  project: maybe(text(200).describe("If not the call's project")),
  subject,
  ...plainFields,
  ...otherFields,
  // The schema shows only the subject: repeating the other fields would cost tokens.
  tasks: maybe(
    listOf(openRow({ subject: z.string() }).transform(toInput).pipe(NewTask), MAX_TASKS).describe(
      "Tasks of a story: subject, description, status, assigned_to, tags, due_date, custom_fields",
    ),
  ),
});
export type NewItem = z.output<typeof NewItem>;
