/** Fields to change; those left out or `undefined` stay as they are. */
export type ChangesOf<Fields> = { [Name in keyof Fields]?: Fields[Name] | undefined };

/** The fields of a new item; Taiga uses the project's defaults for those left out. */
export type NewItem<Changes> = Omit<Changes, "project" | "subject" | "comment"> & {
  project: number;
  subject: string;
};

/** What can be set on items of every kind. Ids are Taiga's. */
export interface ItemFields {
  project: number;
  subject: string;
  /** Markdown. */
  description: string;
  status: number;
  assigned_to: number | null;
  /** The whole list; a colour counts only for tags that are new to the project. */
  tags: readonly (string | readonly [string, string | null])[];
  watchers: readonly number[];
  is_blocked: boolean;
  blocked_note: string;
  /** Added to the history; alone (with `version`) it needs only the right to comment. */
  comment: string;
}

/** What can also be set on stories, tasks and issues, but not on epics. */
export interface PlannedFields {
  milestone: number | null;
  /** `YYYY-MM-DD`. */
  due_date: string | null;
  due_date_reason: string;
  external_reference: readonly string[] | null;
}
