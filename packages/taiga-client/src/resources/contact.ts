import { z } from "zod";
import type { TaigaRequest } from "../taiga-request.ts";

/**
 * Writes to the administrators of a project by mail.
 * @throws {TaigaError} `permission_denied` when the project takes no messages.
 */
export type ContactProject = (projectId: number, comment: string) => Promise<void>;

/** `/contact` */
export const createContactProject =
  (request: TaigaRequest): ContactProject =>
  async (projectId, comment) => {
    const body = { project: projectId, comment };
    const schema = z.object({ id: z.int() });
    await request({ method: "POST", path: "/contact", body, schema });
  };
