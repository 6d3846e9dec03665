import { z } from "zod";
import { criteriaFields, kinds, pageLimit } from "../../items/criteria.ts";
import { decodeCursor, encodeCursor } from "../../items/cursor.ts";
import { findItems } from "../../items/find-items.ts";
import { isSortName, SORT_KEYS } from "../../items/order.ts";
import { DEFAULT_FIELDS, ITEM_FIELDS } from "../../items/summary.ts";
import { toFoundAnswer } from "../../items/found-answer.ts";
import { toToday } from "../../items/today.ts";
import { defineTool } from "../../mcp/define-tool.ts";
import { listOf, maybe, text } from "../../mcp/fields.ts";

const DEFAULT_LIMIT = 30;
const DEFAULT_ORDER = "-modified";

export default defineTool({
  name: "find_items",
  title: "Find items",
  description:
    'Find stories and tasks by names. Lists mean any of; "!" before a name excludes it. Without project: all of yours.',
  toolset: "core",
  access: "read",
  taigaPermissions: ["view_us", "view_tasks"],
  annotations: {
    readOnlyHint: true,
    destructiveHint: false,
    idempotentHint: true,
    openWorldHint: true,
  },
  inputSchema: z.strictObject({
    kinds: maybe(kinds.describe("Default story")),
    project: maybe(text(200).describe("Slug, name or id")),
    ...criteriaFields,
    order: maybe(
      text(20)
        .refine(isSortName, `must be one of ${SORT_KEYS.join(", ")}, "-" before it reverses`)
        .describe(`${SORT_KEYS.join(", ")}; - reverses; default ${DEFAULT_ORDER}`),
    ),
    fields: maybe(
      listOf(z.enum(ITEM_FIELDS), ITEM_FIELDS.length).describe("Shown beside ref and subject"),
    ),
    limit: maybe(pageLimit.describe(`Default ${DEFAULT_LIMIT}`)),
    cursor: maybe(text(2_000).describe("From the last answer, same arguments otherwise")),
  }),
  outputSchema: z.object({
    items: z.array(z.looseObject({ ref: z.string(), subject: z.string() })),
    total: z.number().optional(),
    cursor: z.string().optional(),
  }),
  async handler(input, { taiga, projects, clock, taigaWebUrl }) {
    const {
      kinds: wantedKinds = ["story"],
      project,
      order = DEFAULT_ORDER,
      fields = DEFAULT_FIELDS,
      limit = DEFAULT_LIMIT,
      cursor,
      ...criteria
    } = input;
    const search = { kinds: wantedKinds, project, order, ...criteria };
    const today = toToday(clock);
    const listing = await findItems(
      {
        kinds: wantedKinds,
        project,
        criteria,
        order,
        limit,
        start: cursor === undefined ? undefined : decodeCursor(cursor, search),
      },
      { taiga, directory: projects, today, taigaWebUrl },
    );
    return toFoundAnswer(listing, {
      fields,
      qualified: project === undefined,
      me: await projects.me(),
      taigaWebUrl,
      today,
      order,
      toCursor: (position) => encodeCursor(position, search),
    });
  },
});
