import type { Me, Milestone, ProjectDetail } from "@taiga-mcp/taiga-client";

const choice = (id: number, name: string) => ({ id, name, order: id });
const status = (id: number, name: string, is_closed = false) => ({
  ...choice(id, name),
  slug: name.toLowerCase(),
  color: "",
  is_closed,
});
const withColor = <Value extends object>(value: Value) => ({ ...value, color: "" });
const person = (id: number, username: string, full_name: string, role: number) => ({
  id,
  username,
  full_name,
  full_name_display: full_name,
  role,
  role_name: role === 1 ? "Back" : "Stakeholder",
  is_active: true,
});

const ALL_PERMISSIONS = [
  ...["us", "task", "issue", "epic", "wiki_page", "milestone"].flatMap((noun) =>
    ["add", "modify", "comment", "delete"].map((verb) => `${verb}_${noun}`),
  ),
  ...["us", "tasks", "issues", "epics", "wiki_pages", "milestones"].map((noun) => `view_${noun}`),
];

/** Who uses the tools: `GET /users/me`. */
export const ME: Me = {
  ...person(7, "bob", "Bob Baker", 1),
  email: "bob@taiga.test",
  roles: ["Back"],
  photo: null,
  lang: "",
  timezone: "",
  verified_email: true,
};

/** A scrum project with the usual choices. */
export const projectOf = (
  id: number,
  slug: string,
  more: Partial<ProjectDetail> = {},
): ProjectDetail => ({
  id,
  slug,
  name: slug.replace("-", " "),
  description: "",
  is_private: true,
  blocked_code: null,
  archived_code: null,
  owner: null,
  created_date: "2026-01-01T00:00:00Z",
  modified_date: "2026-01-01T00:00:00Z",
  is_epics_activated: true,
  is_backlog_activated: true,
  is_kanban_activated: false,
  is_issues_activated: true,
  is_wiki_activated: false,
  total_milestones: null,
  total_story_points: null,
  tags: [],
  tags_colors: { ui: null },
  my_permissions: ALL_PERMISSIONS,
  i_am_owner: false,
  i_am_admin: false,
  i_am_member: true,
  is_watcher: false,
  is_fan: false,
  members: [
    person(6, "alice", "Alice Archer", 1),
    person(7, "bob", "Bob Baker", 1),
    person(9, "stan", "Stan Smith", 3),
  ],
  roles: [
    { ...choice(1, "Back"), slug: "back", computable: true, permissions: [] },
    { ...choice(2, "Front"), slug: "front", computable: true, permissions: [] },
    { ...choice(3, "Stakeholder"), slug: "stakeholder", computable: false, permissions: [] },
  ],
  epic_statuses: [status(31, "New"), status(32, "Done", true)],
  us_statuses: ["New", "In progress", "Done"].map((name, index) => ({
    ...status(index + 1, name, name === "Done"),
    is_archived: false,
    wip_limit: null,
  })),
  task_statuses: [status(11, "New"), status(12, "Closed", true)],
  issue_statuses: [status(21, "New"), status(22, "Closed", true)],
  points: [
    { ...choice(1, "?"), value: null },
    { ...choice(2, "3"), value: 3 },
    { ...choice(3, "5"), value: 5 },
  ],
  issue_types: [choice(1, "Bug"), choice(2, "Question")].map(withColor),
  priorities: [choice(1, "Low"), choice(2, "High")].map(withColor),
  severities: [choice(1, "Minor"), choice(2, "Critical")].map(withColor),
  swimlanes: [choice(1, "Fast lane")],
  milestones: [
    { id: 1, name: "Sprint 1", slug: "sprint-1", closed: true },
    { id: 2, name: "Sprint 2", slug: "sprint-2", closed: false },
    { id: 3, name: "Sprint 3", slug: "sprint-3", closed: false },
  ],
  epic_custom_attributes: [],
  userstory_custom_attributes: [
    { ...choice(1, "Customer"), description: "", type: "text", extra: null },
    { ...choice(2, "Severity"), description: "", type: "dropdown", extra: ["low", "high"] },
  ],
  task_custom_attributes: [],
  issue_custom_attributes: [],
  default_epic_status: null,
  default_us_status: 1,
  default_task_status: 11,
  default_issue_status: null,
  default_points: 1,
  default_issue_type: null,
  default_priority: null,
  default_severity: null,
  default_swimlane: null,
  ...more,
});

/** A sprint of project 1; the days as `YYYY-MM-DD`. */
export const sprint = (id: number, name: string, start: string, finish: string): Milestone => ({
  id,
  name,
  slug: name.toLowerCase(),
  project: 1,
  estimated_start: start,
  estimated_finish: finish,
  closed: false,
  order: null,
  total_points: null,
  closed_points: null,
  created_date: "",
  modified_date: "",
  user_stories: [],
});
