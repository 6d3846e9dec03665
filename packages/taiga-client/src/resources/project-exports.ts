import { z } from "zod";
import type { TaigaRequest } from "../taiga-request.ts";

const Started = z.union([
  z.object({ url: z.string() }).transform(({ url }) => ({ url, exportId: null })),
  z
    .object({ export_id: z.string() })
    .transform(({ export_id }) => ({ url: null, exportId: export_id })),
]);

/** A finished export by its address, or the id of one whose address Taiga sends by mail. */
export type ProjectExport = z.output<typeof Started>;

/**
 * Starts an export of a whole project, for its administrators. Taiga allows one export or import a
 * minute, refused ones counted.
 * @throws {TaigaError} `throttled`.
 */
export type ExportProject = (
  projectId: number,
  options?: { gzip?: boolean | undefined },
) => Promise<ProjectExport>;

/** `/exporter/{id}` */
export const createExportProject =
  (request: TaigaRequest): ExportProject =>
  async (projectId, { gzip = false } = {}) => {
    const query = { dump_format: gzip ? "gzip" : "plain" };
    return (await request({ path: `/exporter/${projectId}`, query, schema: Started })).data;
  };
