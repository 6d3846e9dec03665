import { z } from "zod";
import type { TaigaRequest } from "../taiga-request.ts";
import { ITEM_PATHS } from "./item-kind.ts";
import type { TaigaItemKind } from "./item-kind.ts";
import { orNull } from "./schema-parts.ts";

const Uuid = z.object({ uuid: orNull(z.string()) });

/** How Taiga names the kinds here. */
const NAMES = { userstory: "userstories", task: "tasks", issue: "issues", epic: "epics" } as const;

/**
 * All items of a kind in a project as CSV. Anyone with the report's identifier may read it without a
 * login, so project administrators switch reports on, and off again.
 */
export interface CsvReports {
  /** Switches a report on; an earlier identifier ends. @returns the identifier, a secret. */
  enable(kind: TaigaItemKind, projectId: number): Promise<string>;
  disable(kind: TaigaItemKind, projectId: number): Promise<void>;
  /** @returns CSV with a header line. @throws {TaigaError} `not_found` for an identifier that ended. */
  read(kind: TaigaItemKind, uuid: string): Promise<string>;
}

/** `/projects/{id}/regenerate_userstories_csv_uuid`, `/userstories/csv` and their like for each kind */
export const createCsvReports = (request: TaigaRequest): CsvReports => ({
  enable: async (kind, projectId) => {
    const path = `/projects/${projectId}/regenerate_${NAMES[kind]}_csv_uuid`;
    const schema = z.object({ uuid: z.string().min(1) });
    return (await request({ method: "POST", path, schema })).data.uuid;
  },
  disable: async (kind, projectId) => {
    const path = `/projects/${projectId}/delete_${NAMES[kind]}_csv_uuid`;
    await request({ method: "POST", path, schema: Uuid });
  },
  read: async (kind, uuid) => {
    const path = `${ITEM_PATHS[kind]}/csv`;
    return (await request({ path, query: { uuid }, format: "text", schema: z.string() })).data;
  },
});
