import { z } from "zod";
import { readPage } from "../pagination.ts";
import type { Page, PageRequest } from "../pagination.ts";
import type { TaigaRequest } from "../taiga-request.ts";
import { flag, orNull, ProjectSummary, text, timestamp } from "./schema-parts.ts";

const Item = z.object({ id: z.int(), ref: orNull(z.int()), subject: text });

/**
 * An event. Everything but the user is as it was then: a subject may have been changed since, or
 * an object deleted.
 */
export const TimelineEntry = z.object({
  id: z.int(),
  /** `userstories.userstory.change`: the object, then create, change or delete. */
  event_type: z.string(),
  created: timestamp,
  data: z.object({
    /** The user who did it; for `projects.membership.*`, the member who joined or left. */
    user: orNull(z.object({ id: orNull(z.int()), username: text, name: text })),
    /** Null for events without a project, such as a new account. */
    project: orNull(ProjectSummary),
    /** The sprint itself, or the one a story was in. */
    milestone: orNull(z.object({ id: z.int(), name: text, slug: text })),
    userstory: orNull(Item),
    task: orNull(Item),
    issue: orNull(Item),
    epic: orNull(Item),
    wikipage: orNull(z.object({ id: z.int(), slug: z.string() })),
    /** Of a membership. */
    role: orNull(z.object({ id: orNull(z.int()), name: text })),
    /** Empty for a mere change. */
    comment: text,
    /**
     * The comment was deleted, though Taiga still sends the text. Taiga adds an event of the same
     * time for it, and keeps the one of the comment.
     */
    comment_deleted: flag,
    /** This event has the new text, an older one of the same time an earlier text. */
    comment_edited: flag,
    /** Field → [before, after], in names. */
    values_diff: z
      .record(z.string(), z.unknown())
      .nullish()
      .transform((diff) => diff ?? {}),
  }),
});
export type TimelineEntry = z.output<typeof TimelineEntry>;

/** Events, newest first. */
export interface Timeline {
  /** @throws {TaigaError} `permission_denied`, `not_found` for the project. */
  project(id: number, page?: PageRequest): Promise<Page<TimelineEntry>>;
  /**
   * The events by or about a user, in all projects that the calling user can see. One
   * event can appear several times, with different ids.
   * @throws {TaigaError} `not_found` for the person.
   */
  user(id: number, page?: PageRequest): Promise<Page<TimelineEntry>>;
}

/** `/timeline` */
export function createTimeline(request: TaigaRequest): Timeline {
  const read = (path: string, page: PageRequest) =>
    readPage(request, { path, query: {}, schema: TimelineEntry }, page);
  return {
    project: (id, page = {}) => read(`/timeline/project/${id}`, page),
    user: (id, page = {}) => read(`/timeline/user/${id}`, page),
  };
}
