import { z } from "zod";
import type { TaigaRequest } from "../taiga-request.ts";
import { createInBulk, toBulkLines } from "./bulk-create.ts";
import { createEpicStories } from "./epic-stories.ts";
import type { EpicStories } from "./epic-stories.ts";
import type { ChangesOf, ItemFields } from "./item-changes.ts";
import { itemDetailFields, itemRowFields } from "./item-fields.ts";
import type { FilterOf, ItemFilterName } from "./item-filter.ts";
import { createItemResource } from "./item-resource.ts";
import type { ItemResource } from "./item-resource.ts";
import { flag, orNull } from "./schema-parts.ts";

/** An epic in a list: everything but the description. */
export const EpicRow = z.object({
  ...itemRowFields,
  /** Any text that was once set; `#rrggbb` when it came from Taiga's own pages. */
  color: orNull(z.string()),
  epics_order: orNull(z.number()),
  client_requirement: flag,
  team_requirement: flag,
  /** How many stories, and how many of them are done, open ones by the share of closed tasks. */
  user_stories_counts: orNull(z.object({ total: z.int(), progress: orNull(z.number()) })),
});
export type EpicRow = z.output<typeof EpicRow>;

export const Epic = EpicRow.extend(itemDetailFields);
export type Epic = z.output<typeof Epic>;

/** What epics can be filtered by. Taiga always sorts them by project, `epics_order` and ref. */
export type EpicFilter = FilterOf<ItemFilterName>;

/** What can be set on an epic. */
export type EpicChanges = ChangesOf<
  ItemFields & {
    /** `#rrggbb`; Taiga takes any text. */
    color: string;
    epics_order: number;
    client_requirement: boolean;
    team_requirement: boolean;
  }
>;

/** Many epics at once; all get the same status. */
export interface EpicBulk {
  projectId: number;
  subjects: readonly string[];
  statusId?: number | undefined;
}

/** Deleting an epic keeps its stories. */
export interface Epics extends ItemResource<EpicRow, Epic, EpicFilter, EpicChanges>, EpicStories {
  /** One request for all; the answer has the order of `subjects`. */
  bulkCreate(bulk: EpicBulk): Promise<Epic[]>;
}

/** `/epics` */
export const createEpics = (request: TaigaRequest): Epics => ({
  ...createItemResource<typeof EpicRow, typeof Epic, EpicFilter, EpicChanges>(request, {
    path: "/epics",
    row: EpicRow,
    item: Epic,
    toQuery: (filter) => filter,
  }),
  ...createEpicStories(request),
  bulkCreate: async ({ projectId, subjects, statusId }) => {
    const body = {
      project_id: projectId,
      bulk_epics: toBulkLines(subjects),
      status_id: statusId,
    };
    return createInBulk(request, { path: "/epics/bulk_create", body, item: Epic });
  },
});
