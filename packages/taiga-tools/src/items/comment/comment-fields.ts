import { z } from "zod";
import { maybe, openRow, project, text } from "../../schema/fields.ts";

/** The fields that name one comment. */
export const commentFields = {
  ref: text(500).describe("Item or wiki page: #42, slug#42, wiki:page or Taiga URL"),
  comment: text(500)
    .refine((value) => value !== "", "must not be blank")
    .describe("How it begins, its time as get_items shows it, or last"),
  project: maybe(project),
};

/** The answer about one comment. */
export const commentOutput = openRow({ ref: z.string(), outcome: z.string(), comment: z.string() });

export interface CommentRequest {
  ref: string;
  comment: string;
  project?: string | undefined;
}
