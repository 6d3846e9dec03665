import { readIds, readSprint } from "./bulk-rules.ts";
import { toTimestamp } from "../model/context.ts";
import { permissionDenied } from "../model/errors.ts";
import * as field from "../http/fields.ts";
import { dueFields, stampFinish, type ItemRules } from "./item-rules.ts";
import { mustFind } from "../model/rows.ts";

/** How issues are written. */
export const issueRules: ItemRules<"issue"> = {
  kind: "issue",
  title: "issue",
  fields: (state) => ({
    ...dueFields,
    type: field.reference(state.issueTypes),
    severity: field.reference(state.severities),
    priority: field.reference(state.priorities),
    milestone: field.optionalReference(state.milestones),
  }),
  kept: ["type", "severity", "priority"],
  newColumns: (_context, { defaults }) => ({
    status: defaults.issue_status,
    due_date: null,
    due_date_reason: "",
    type: defaults.issue_type,
    severity: defaults.severity,
    priority: defaults.priority,
    milestone: null,
    finished_date: null,
  }),
  references: (state, issue) => [
    ["sprint", state.milestones, issue.milestone],
    ["status", state.issueStatuses, issue.status],
    ["severity", state.severities, issue.severity],
    ["priority", state.priorities, issue.priority],
    ["type", state.issueTypes, issue.type],
  ],
  refuse: permissionDenied,
  referencesFirst: true,
  complete: ({ state, clock }, issue) => {
    const { is_closed } = mustFind(state.issueStatuses, issue.status);
    stampFinish(issue, is_closed, toTimestamp(clock()));
  },
  touched: (issue) => ({ milestones: [issue.milestone] }),
  /** Stories promoted from the issue stay. */
  release: ({ state }, issue) => {
    for (const story of state.userstories) {
      if (story.generated_from_issue === issue.id) story.generated_from_issue = null;
    }
  },
  bulk: {
    field: "bulk_issues",
    required: [],
    readColumns: (state, body, project) => ({
      milestone: body["milestone_id"] === null ? null : (readSprint(state, body, project) ?? null),
    }),
    newestFirst: true,
    plan: { plural: "issues", readRows: readIds("issue_id"), answersSprints: true },
  },
};
