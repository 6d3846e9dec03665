import { z } from "zod";
import type { TaigaRequest } from "../taiga-request.ts";
import { act } from "./followers.ts";

/**
 * The tags of a project, for its administrators. Renaming, merging and deleting change the items
 * without a new version or history. Names are stored in lower case, and compared before that: creating
 * `BLUE` beside `blue` overwrites the colour of `blue`.
 */
export interface ProjectTags {
  /** Tag → colour, or null for tags without one. */
  colors(projectId: number): Promise<Record<string, string | null>>;
  /** @param color `#rrggbb`. @throws {TaigaError} `validation_failed` for a name that is taken. */
  create(projectId: number, tag: string, color?: string): Promise<void>;
  /** Renames or recolours. @throws {TaigaError} `validation_failed` for a taken or an unknown name. */
  update(
    projectId: number,
    tag: string,
    changes: { name?: string | undefined; color?: string | undefined },
  ): Promise<void>;
  /** Merges tags into one that exists. */
  merge(projectId: number, from: readonly string[], into: string): Promise<void>;
  /** Takes the tag off all items. @throws {TaigaError} `validation_failed` for an unknown name. */
  delete(projectId: number, tag: string): Promise<void>;
}

/** `/projects/{id}/tags_colors`, `/create_tag`, `/edit_tag`, `/mix_tags`, `/delete_tag` */
export const createProjectTags = (request: TaigaRequest): ProjectTags => ({
  colors: async (projectId) => {
    const path = `/projects/${projectId}/tags_colors`;
    const schema = z.record(z.string(), z.string().nullable());
    return (await request({ path, schema })).data;
  },
  create: (projectId, tag, color) =>
    act(request, `/projects/${projectId}/create_tag`, { tag, color }),
  update: (projectId, tag, { name, color }) =>
    act(request, `/projects/${projectId}/edit_tag`, { from_tag: tag, to_tag: name, color }),
  merge: (projectId, from, into) =>
    act(request, `/projects/${projectId}/mix_tags`, { from_tags: from, to_tag: into }),
  delete: (projectId, tag) => act(request, `/projects/${projectId}/delete_tag`, { tag }),
});
