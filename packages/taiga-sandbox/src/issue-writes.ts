import type { Actor } from "./access.ts";
import { settle } from "./closing.ts";
import { toTimestamp, type Context } from "./context.ts";
import * as field from "./fields.ts";
import { recordChange, recordCreation, recordDeletion } from "./history.ts";
import {
  assignIssueColumns,
  issueFields,
  ISSUE_REQUIRED,
  stampIssueFinish,
  verifyIssueReferences,
} from "./issue-rules.ts";
import { allocateId, allocateRef, findById, mustFind } from "./rows.ts";
import { takeSnapshot } from "./snapshots.ts";
import type { Issue, Project, State, User } from "./state.ts";
import {
  addWatchers,
  applyTags,
  findForEdit,
  mustBeUser,
  newItem,
  touch,
  verifyItemVersion,
  verifyMove,
  verifyPermission,
  verifyWritable,
} from "./writes.ts";

const KIND = "issue";

/**
 * `POST /issues`.
 *
 * @throws {ApiError} as Taiga answers.
 */
export function createIssue(context: Context, actor: Actor, body: field.Body): Issue {
  const { state } = context;
  const target = findById(state.projects, Number(body["project"]));
  const values = field.readFields(body, issueFields(state, target), {
    required: ISSUE_REQUIRED,
    isEdit: false,
  });
  const project = mustFind(state.projects, values.project!);
  const author = verifyPermission(state, actor, project, "add_issue");
  const issue = newIssue(context, project, author);
  assignIssueColumns(issue, values);
  verifyIssueReferences(state, issue);
  verifyWritable(project);
  issue.version = values.version ?? 1;
  if (values.tags) applyTags(project, issue, values.tags);
  return insertIssue(context, issue, author);
}

/** An issue with nothing but a subject, for bulk creation. */
export const createPlainIssue = (
  context: Context,
  project: Project,
  author: User,
  plain: Pick<Issue, "subject" | "milestone">,
): Issue => insertIssue(context, Object.assign(newIssue(context, project, author), plain), author);

const newIssue = (context: Context, project: Project, author: User): Issue => ({
  ...newItem(context, project, author, project.defaults.issue_status),
  due_date: null,
  due_date_reason: "",
  type: project.defaults.issue_type,
  severity: project.defaults.severity,
  priority: project.defaults.priority,
  milestone: null,
  finished_date: null,
});

function insertIssue(context: Context, issue: Issue, author: User): Issue {
  const { state } = context;
  const now = toTimestamp(context.clock());
  issue.id = allocateId(state, "issues");
  issue.ref = allocateRef(state, mustFind(state.projects, issue.project));
  stampIssueFinish(state, issue, now);
  addWatchers(state, issue, [issue.description]);
  state.issues.push(issue);
  settle(state, { milestones: [issue.milestone] }, now);
  recordCreation(context, { kind: KIND, item: issue }, author);
  return issue;
}

/**
 * `PATCH /issues/{id}`. Other than with stories, what belongs to another project is refused before
 * a blocked or archived project is.
 *
 * @throws {ApiError} as Taiga answers; nothing has changed then.
 */
export function editIssue(
  context: Context,
  actor: Actor,
  id: number | undefined,
  body: field.Body,
): Issue {
  const { state } = context;
  const { issue, edited, values } = checkEdit(state, actor, id, body);
  const author = mustBeUser(actor);
  const before = takeSnapshot(state, { kind: KIND, item: issue });
  const old = structuredClone(issue);
  const now = toTimestamp(context.clock());
  const project = mustFind(state.projects, edited.project);
  if (edited.project !== old.project) edited.ref = allocateRef(state, project);
  Object.assign(issue, edited);
  stampIssueFinish(state, issue, now);
  if (values.tags) applyTags(project, issue, values.tags);
  touch(context, issue);
  settle(state, { milestones: [issue.milestone, old.milestone] }, now);
  const comment = values.comment ?? "";
  recordChange(context, { kind: KIND, item: issue }, { before, author, comment });
  const texts = [comment, values.description ?? ""];
  addWatchers(state, issue, texts, comment === "" ? undefined : author);
  return issue;
}

/** The issue as it is and as it would be; changes nothing. */
function checkEdit(state: State, actor: Actor, id: number | undefined, body: field.Body) {
  const issue = findForEdit(state, actor, { kind: KIND, id }, body);
  const project = mustFind(state.projects, issue.project);
  const values = field.readFields(body, issueFields(state, project), {
    required: [...ISSUE_REQUIRED, "status", "type", "severity", "priority"],
    isEdit: true,
  });
  verifyItemVersion(state, KIND, issue, { version: values.version, body });
  const edited = structuredClone(issue);
  assignIssueColumns(edited, values);
  verifyIssueReferences(state, edited);
  verifyWritable(project);
  verifyMove(state, actor, KIND, { from: issue.project, to: edited.project });
  return { issue, edited, values };
}

/** `DELETE`: stories that were made of the issue stay. */
export function deleteIssue(context: Context, author: User, issue: Issue): void {
  const { state } = context;
  recordDeletion(context, { kind: KIND, item: issue }, author);
  state.issues = state.issues.filter((row) => row.id !== issue.id);
  for (const story of state.userstories) {
    if (story.generated_from_issue === issue.id) story.generated_from_issue = null;
  }
  settle(state, { milestones: [issue.milestone] }, toTimestamp(context.clock()));
}

/** Moves an issue to a sprint; it keeps its version. */
export function planIssue(context: Context, author: User, issue: Issue, milestone: number): void {
  const { state } = context;
  const before = takeSnapshot(state, { kind: KIND, item: issue });
  const old = issue.milestone;
  issue.milestone = milestone;
  settle(state, { milestones: [old, milestone] }, toTimestamp(context.clock()));
  recordChange(context, { kind: KIND, item: issue }, { before, author, comment: "" });
}
