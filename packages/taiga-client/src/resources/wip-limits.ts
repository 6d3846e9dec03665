import { z } from "zod";
import type { TaigaRequest } from "../taiga-request.ts";
import { orNull } from "./schema-parts.ts";

/** The work-in-progress limit of a status in one swimlane. */
export const WipLimit = z.object({
  id: z.int(),
  /** Id of the story status. */
  status: z.int(),
  /** Id of the swimlane. */
  swimlane: z.int(),
  /** Null for no limit. */
  wip_limit: orNull(z.int()),
});
export type WipLimit = z.output<typeof WipLimit>;

/** Limits of the columns of swimlanes; `swimlanes.list` shows them with their ids. */
export interface WipLimits {
  getById(id: number): Promise<WipLimit>;
  /** Taiga shows the limit and never enforces it. @param limit null for none. */
  update(id: number, limit: number | null): Promise<WipLimit>;
}

/** `/swimlane-userstory-statuses`; its list fails in Taiga 6 when it is filtered by project. */
export function createWipLimits(request: TaigaRequest): WipLimits {
  const path = (id: number) => `/swimlane-userstory-statuses/${id}`;
  const schema = WipLimit;
  return {
    getById: async (id) => (await request({ path: path(id), schema })).data,
    update: async (id, limit) => {
      const body = { wip_limit: limit };
      return (await request({ method: "PATCH", path: path(id), body, schema })).data;
    },
  };
}
