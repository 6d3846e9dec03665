import type { Steps } from "./step.ts";

/** The lists of what belongs to a project. */
export const projectTableSteps: Steps = {
  "list_epic-statuses": { as: "bob" },
  "list_userstory-statuses": { as: "bob" },
  list_points: { as: "bob", differs: ["x-pagination-count"] },
  list_swimlanes: { as: "bob" },
  "list_userstory-due-dates": { as: "bob" },
  "list_task-statuses": { as: "bob" },
  "list_task-due-dates": { as: "bob" },
  "list_issue-statuses": { as: "bob" },
  "list_issue-types": { as: "bob", differs: ["x-pagination-count"] },
  "list_issue-due-dates": { as: "bob" },
  list_priorities: { as: "bob" },
  list_severities: { as: "bob" },
  "list_epic-custom-attributes": { as: "bob" },
  "list_userstory-custom-attributes": { as: "bob" },
  "list_task-custom-attributes": { as: "bob" },
  "list_issue-custom-attributes": { as: "bob" },
  list_roles: { as: "bob", differs: ["x-pagination-count"] },
  list_memberships: { as: "alice", differs: ["x-pagination-count"] },
  list_epics: {
    as: "bob",
    differs: ["x-pagination-count"],
  },
  list_tasks: { as: "bob", differs: ["x-pagination-count"] },
  list_issues: { as: "bob", differs: ["x-pagination-count"] },
  list_wiki: { as: "bob" },
  list_milestones: {
    as: "bob",
    differs: ["x-pagination-count", "taiga-info-total-opened-milestones"],
  },
  proj_as_bob: { as: "bob", differs: ["body.my_homepage", "body.tags_colors"] },
  proj_as_alice: { as: "alice", differs: ["body.tags_colors", "body.userstories_csv_uuid"] },
};
