import { z } from "zod";
import { TaigaError } from "../errors.ts";
import type { TaigaRequest } from "../taiga-request.ts";

/** Makes a story of a task or an issue, at its path. @returns the ref of the story. */
export async function promoteToStory(
  request: TaigaRequest,
  path: string,
  projectId: number,
): Promise<number> {
  const body = { project_id: projectId };
  const call = { method: "POST", path: `${path}/promote_to_user_story`, body } as const;
  const [ref] = (await request({ ...call, schema: z.array(z.int()) })).data;
  if (ref !== undefined) return ref;
  throw new TaigaError("unexpected_response", "Taiga did not name the story it made", {
    outcomeUnknown: true,
  });
}
