import { MEMBER_PERMISSIONS } from "../model/access.ts";
import type { Project } from "../model/state.ts";

type Named = readonly [name: string, color: string];
export type NamedStatus = readonly [name: string, color: string, isClosed?: "closed"];

const EPIC_STATUSES: NamedStatus[] = [
  ["New", "#70728F"],
  ["Ready", "#E44057"],
  ["In progress", "#E47C40"],
  ["Ready for test", "#E4CE40"],
  ["Done", "#A8E440", "closed"],
];

const TASK_STATUSES: NamedStatus[] = [
  ["New", "#70728F"],
  ["In progress", "#E47C40"],
  ["Ready for test", "#E4CE40"],
  ["Closed", "#A8E440", "closed"],
  ["Needs Info", "#5178D3"],
];

const ISSUE_STATUSES: NamedStatus[] = [
  ["New", "#70728F"],
  ["In progress", "#40A8E4"],
  ["Ready for test", "#E4CE40"],
  ["Closed", "#A8E440", "closed"],
  ["Needs Info", "#E44057"],
  ["Rejected", "#A9AABC", "closed"],
  ["Postponed", "#5178D3"],
];

const ISSUE_TYPES: Named[] = [
  ["Bug", "#E44057"],
  ["Question", "#5178D3"],
  ["Enhancement", "#40E4CE"],
];

const PRIORITIES: Named[] = [
  ["Low", "#A8E440"],
  ["Normal", "#E4CE40"],
  ["High", "#E47C40"],
];

const SEVERITIES: Named[] = [
  ["Wishlist", "#70728F"],
  ["Minor", "#40A8E4"],
  ["Normal", "#40E47C"],
  ["Important", "#E4A240"],
  ["Critical", "#D35450"],
];

const POINTS: Template["points"] = [
  ["?", null],
  ["0", 0],
  ["1/2", 0.5],
  ...[1, 2, 3, 5, 8, 10, 13, 20, 40].map((value) => [String(value), value] as const),
];

export const DUE_DATES: (readonly [name: string, color: string, daysToDue: number | null])[] = [
  ["Default", "#9dce0a", null],
  ["Due soon", "#ff9900", 14],
  ["Past due", "#E44057", 0],
];

/** All member permissions except one. */
const TEAM = MEMBER_PERMISSIONS.filter((permission) => permission !== "modify_wiki_link");

const STAKEHOLDER = MEMBER_PERMISSIONS.filter(
  (permission) =>
    /^(view|comment)_/.test(permission) ||
    ["add_issue", "modify_issue", "delete_issue", "modify_wiki_page"].includes(permission) ||
    ["add_wiki_link", "delete_wiki_link"].includes(permission),
);

const ROLES: Template["roles"] = [
  ["UX", true, TEAM],
  ["Design", true, TEAM],
  ["Front", true, TEAM],
  ["Back", true, TEAM],
  ["Product Owner", false, TEAM],
  ["Stakeholder", false, STAKEHOLDER],
];

/** How a new project is set up. */
export interface Template {
  id: 1 | 2;
  name: string;
  description: string;
  modules: Pick<
    Project,
    "is_backlog_activated" | "is_kanban_activated" | "is_wiki_activated" | "is_issues_activated"
  >;
  epicStatuses: NamedStatus[];
  storyStatuses: NamedStatus[];
  taskStatuses: NamedStatus[];
  issueStatuses: NamedStatus[];
  issueTypes: Named[];
  priorities: Named[];
  severities: Named[];
  points: (readonly [name: string, value: number | null])[];
  /** Their orders are 10, 20 and so on. Only computable ones estimate stories. */
  roles: (readonly [name: string, computable: boolean, permissions: readonly string[]])[];
}

/** Taiga's template for projects with a backlog and sprints. */
export const SCRUM: Template = {
  id: 1,
  name: "Scrum",
  description: "A backlog of stories, planned in sprints.",
  modules: {
    is_backlog_activated: true,
    is_kanban_activated: false,
    is_wiki_activated: true,
    is_issues_activated: true,
  },
  epicStatuses: EPIC_STATUSES,
  storyStatuses: [...EPIC_STATUSES, ["Archived", "#A9AABC", "closed"]],
  taskStatuses: TASK_STATUSES,
  issueStatuses: ISSUE_STATUSES,
  issueTypes: ISSUE_TYPES,
  priorities: PRIORITIES,
  severities: SEVERITIES,
  points: POINTS,
  roles: ROLES,
};

/** Taiga's template for projects with only a board. */
export const KANBAN: Template = {
  ...SCRUM,
  id: 2,
  name: "Kanban",
  description: "A board on which cards move from left to right.",
  modules: {
    is_backlog_activated: false,
    is_kanban_activated: true,
    is_wiki_activated: false,
    is_issues_activated: false,
  },
  priorities: [
    ["Low", "#A9AABC"],
    ["Normal", "#A8E440"],
    ["High", "#E44057"],
  ],
  severities: [
    ["Wishlist", "#70728F"],
    ["Minor", "#40E47C"],
    ["Normal", "#A8E440"],
    ["Important", "#E4CE40"],
    ["Critical", "#E47C40"],
  ],
};

/** The templates of every Taiga. */
export const TEMPLATES: readonly Template[] = [SCRUM, KANBAN];
