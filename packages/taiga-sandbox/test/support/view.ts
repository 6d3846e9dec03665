/**
 * What the tests read of an answer by name. Which of it is there depends on what was asked for;
 * everything else is compared as a whole.
 */
export interface View {
  id: number;
  ref: number;
  version: number;
  subject: string;
  description: string;
  description_html: string;
  blocked_note: string;
  color: string;
  content: string;
  name: string;
  slug: string;
  size: number;
  url: string;
  username: string;
  href: string;
  closed: boolean;
  is_closed: boolean;
  finished_date: string | null;
  milestone: number | null;
  watchers: number[];
  backlog_order: number;
  sprint_order: number;
  kanban_order: number;
  total_comments: number;
  total_points: number | null;
  epics: unknown;
  epics_order: number;
  epic_order: unknown;
  user_stories_counts: unknown;
  generated_user_stories: unknown;
  /** Of refusals. */
  code: string;
  _error_message: string;
  _error_type: string;
}

/** An entry of `/history/…`. */
export interface HistoryView {
  id: string;
  key: string;
  values_diff: Record<string, unknown>;
}

/** A row of `/timeline/…`. */
export interface TimelineView {
  id: number;
  object_id: number;
  event_type: string;
  namespace: string;
  created: string;
  data: Record<string, unknown> & { user: View; issue: View; values_diff: object };
}
