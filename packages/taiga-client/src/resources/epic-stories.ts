import { z } from "zod";
import type { TaigaRequest } from "../taiga-request.ts";
import { toBulkLines } from "./bulk-create.ts";
import { noContent, orNull } from "./schema-parts.ts";

/** A story's place in an epic. It has no version. */
export const RelatedUserStory = z.object({
  /** Epic id. */
  epic: z.int(),
  /** Story id. */
  user_story: z.int(),
  order: orNull(z.number()),
});
export type RelatedUserStory = z.output<typeof RelatedUserStory>;

/** New stories, all of one epic. */
export interface EpicStoryBulk {
  epicId: number;
  /** The project of the new stories; may differ from the epic's. */
  projectId: number;
  subjects: readonly string[];
}

/** Which stories belong to an epic. A story can belong to several, also to those of other projects. */
export interface EpicStories {
  /** All links, with ids only and by age; `userStories.list({ epic })` returns the stories. */
  listStories(epicId: number): Promise<RelatedUserStory[]>;
  /** @throws {TaigaError} `not_found` when the story does not belong to the epic. */
  getStory(epicId: number, storyId: number): Promise<RelatedUserStory>;
  /** Puts a story at another place in the epic. */
  orderStory(epicId: number, storyId: number, order: number): Promise<RelatedUserStory>;
  /** @throws {TaigaError} `validation_failed` when the story belongs to the epic already. */
  addStory(epicId: number, storyId: number): Promise<RelatedUserStory>;
  /**
   * Removes a story from an epic and keeps both.
   * @throws {TaigaError} `permission_denied` also when the story does not belong to the epic.
   */
  removeStory(epicId: number, storyId: number): Promise<void>;
  /**
   * Creates new stories; existing stories are added with `addStory`.
   * @returns all stories of the epic, including older ones.
   */
  bulkCreateStories(bulk: EpicStoryBulk): Promise<RelatedUserStory[]>;
}

/** `/epics/{id}/related_userstories` */
export function createEpicStories(request: TaigaRequest): EpicStories {
  const toPath = (epicId: number) => `/epics/${epicId}/related_userstories`;
  const schema = z.array(RelatedUserStory);
  return {
    listStories: async (epicId) =>
      (await request({ path: toPath(epicId), wholeList: true, schema })).data,
    getStory: async (epicId, storyId) =>
      (await request({ path: `${toPath(epicId)}/${storyId}`, schema: RelatedUserStory })).data,
    orderStory: async (epicId, storyId, order) => {
      const call = {
        method: "PATCH",
        path: `${toPath(epicId)}/${storyId}`,
        body: { order },
      } as const;
      return (await request({ ...call, schema: RelatedUserStory })).data;
    },
    addStory: async (epicId, storyId) => {
      // Taiga wants the epic in the body too.
      const body = { epic: epicId, user_story: storyId };
      const path = toPath(epicId);
      return (await request({ method: "POST", path, body, schema: RelatedUserStory })).data;
    },
    removeStory: async (epicId, storyId) => {
      const path = `${toPath(epicId)}/${storyId}`;
      await request({ method: "DELETE", path, schema: noContent });
    },
    bulkCreateStories: async ({ epicId, projectId, subjects }) => {
      const body = { project_id: projectId, bulk_userstories: toBulkLines(subjects) };
      const path = `${toPath(epicId)}/bulk_create`;
      return (await request({ method: "POST", path, body, schema })).data;
    },
  };
}
