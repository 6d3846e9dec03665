import { permissionDenied } from "./errors.ts";
import * as field from "./fields.ts";
import { mustFind } from "./rows.ts";
import type { Issue, Project, State } from "./state.ts";

/** The fields that can be written; all others are ignored. */
export const issueFields = (state: State, project: Project | undefined) => ({
  project: field.reference(state.projects),
  subject: field.text(500),
  description: field.text(),
  status: field.reference(state.issueStatuses),
  type: field.reference(state.issueTypes),
  severity: field.reference(state.severities),
  priority: field.reference(state.priorities),
  milestone: field.optionalReference(state.milestones),
  assigned_to: field.assignee(state, project),
  watchers: field.watchers(state, project),
  tags: field.tags,
  is_blocked: field.flag,
  blocked_note: field.text(),
  due_date: field.day,
  due_date_reason: field.text(),
  external_reference: field.externalReference,
  version: field.wholeNumber,
  comment: field.text(),
});

/** What a request sets of an issue. */
export type IssueValues = field.Values<ReturnType<typeof issueFields>>;

/** What a new issue must have and no edit may empty. */
export const ISSUE_REQUIRED = ["project", "subject"];

/** Copies the plain columns; tags and the comment are not columns. */
export function assignIssueColumns(issue: Issue, values: IssueValues): void {
  const { tags: _tags, comment: _comment, version: _version, ...columns } = values;
  Object.assign(issue, columns);
  if (!issue.is_blocked) issue.blocked_note = "";
}

/** @throws {ApiError} 403 when something belongs to another project. */
export function verifyIssueReferences(state: State, issue: Issue): void {
  const foreign = (rows: readonly { id: number; project: number }[], id: number | null) =>
    id !== null && mustFind(rows, id).project !== issue.project;
  const refuse = (what: string) =>
    permissionDenied(`You don't have permissions to set this ${what} to this issue.`);
  if (foreign(state.milestones, issue.milestone)) throw refuse("sprint");
  if (foreign(state.issueStatuses, issue.status)) throw refuse("status");
  if (foreign(state.severities, issue.severity)) throw refuse("severity");
  if (foreign(state.priorities, issue.priority)) throw refuse("priority");
  if (foreign(state.issueTypes, issue.type)) throw refuse("type");
}

/** `finished_date` follows the status. */
export function stampIssueFinish(state: State, issue: Issue, now: string): void {
  const isClosed = mustFind(state.issueStatuses, issue.status).is_closed;
  if (isClosed) issue.finished_date ??= now;
  else issue.finished_date = null;
}
