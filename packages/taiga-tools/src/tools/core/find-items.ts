import { z } from "zod";
import { PAGE_KINDS, permissionsTo } from "../../kinds.ts";
import { criteriaFields, defaultKinds, kinds, pageLimit } from "../../items/find/criteria.ts";
import { decodeCursor, encodeCursor, MAX_CURSOR_LENGTH } from "../../schema/cursor.ts";
import { findItems } from "../../items/find/find-items.ts";
import { isSortName, SORT_KEYS } from "../../items/find/order.ts";
import { DEFAULT_FIELDS, isItemField, ITEM_FIELDS } from "../../items/summary.ts";
import { toFoundAnswer } from "../../items/find/found-answer.ts";
import { toToday } from "../../clock.ts";
import { defineTool, READS } from "../../tool/define-tool.ts";
import { listOf, maybe, openRow, text } from "../../schema/fields.ts";

const DEFAULT_LIMIT = 30;
const DEFAULT_ORDER = "-modified";

export default defineTool({
  name: "find_items",
  title: "Find items",
  description:
    'Search items and wiki pages; all filters must match. In a list, any name may match and "!name" excludes. Without project: in all your projects.',
  access: "read",
  taigaPermissions: permissionsTo("view", PAGE_KINDS),
  annotations: READS,
  isExpensive: true,
  inputSchema: z.strictObject({
    kinds: maybe(kinds.describe("Default: story")),
    project: maybe(text(200).describe("Slug, name or id")),
    ...criteriaFields,
    order: maybe(
      text(20)
        .refine(isSortName, `must be one of ${SORT_KEYS.join(", ")}, "-" before it reverses`)
        .describe(`${SORT_KEYS.join(", ")}; "-" before it reverses; default ${DEFAULT_ORDER}`),
    ),
    fields: maybe(
      listOf(
        text(20).refine(isItemField, `must be one of ${ITEM_FIELDS.join(", ")}`),
        ITEM_FIELDS.length,
      ).describe(
        `Show only these; not shown by default: ${ITEM_FIELDS.filter((name) => !DEFAULT_FIELDS.includes(name)).join(", ")}`,
      ),
    ),
    limit: maybe(pageLimit.describe(`Default ${DEFAULT_LIMIT}, at most 100`)),
    cursor: maybe(text(MAX_CURSOR_LENGTH).describe("From the last answer; keep other arguments")),
  }),
  outputSchema: z.object({
    items: z.array(openRow({ ref: z.string(), subject: z.string() })),
    total: z.number().optional(),
    cursor: z.string().optional(),
  }),
  async handler(input, { taiga, projects, clock, taigaWebUrl }) {
    const {
      kinds: named = [],
      project,
      order = DEFAULT_ORDER,
      fields = DEFAULT_FIELDS,
      limit = DEFAULT_LIMIT,
      cursor,
      ...criteria
    } = input;
    const wantedKinds = named.length > 0 ? named : defaultKinds(criteria);
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
      projects,
      qualified: project === undefined,
      me: await projects.me(),
      taigaWebUrl,
      today,
      order,
      toCursor: (position) => encodeCursor(position, search),
    });
  },
});
