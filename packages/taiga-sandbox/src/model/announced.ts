import type {
  Epic,
  HistoryEntry,
  Issue,
  Milestone,
  RelatedStory,
  Task,
  UserStory,
  WikiPage,
} from "./state.ts";

/** What a webhook hears about. */
export type Announced =
  | { kind: "epic"; item: Epic }
  | { kind: "userstory"; item: UserStory }
  | { kind: "task"; item: Task }
  | { kind: "issue"; item: Issue }
  | { kind: "wiki"; item: WikiPage }
  | { kind: "milestone"; item: Milestone }
  | { kind: "relateduserstory"; item: RelatedStory };

/** The change of an object, or a comment on it. */
export type AnnouncedChange = Pick<
  HistoryEntry,
  "comment" | "delete_comment_date" | "edit_comment_date" | "comment_versions" | "diff" | "values"
>;

export interface Announcement {
  action: "create" | "change" | "delete";
  /** The user who did it. */
  author: number;
  /** Of a change. */
  entry?: AnnouncedChange;
}

/** A change without a history entry, as sprints have. */
export const toPlainChange = (diff: HistoryEntry["diff"]): AnnouncedChange => ({
  comment: "",
  delete_comment_date: null,
  edit_comment_date: null,
  comment_versions: [],
  diff,
  values: {},
});
