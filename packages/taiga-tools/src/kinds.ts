/** The kinds of numbered items in a project, by the names that people use. */
export const ITEM_KINDS = ["story", "task", "issue", "epic"] as const;
export type ItemKind = (typeof ITEM_KINDS)[number];

/** The kinds that can be found and read, including wiki pages, which have a name and no number. */
export const PAGE_KINDS = [...ITEM_KINDS, "wiki"] as const;
export type PageKind = (typeof PAGE_KINDS)[number];

/**
 * Taiga's API names for each kind. People say story, sprint and follower; Taiga's API says user
 * story (`userstory`, `us`), milestone and watcher.
 */
export const TAIGA_WORDS = {
  story: {
    /** In the paths of history, attachments and custom attribute values, and in the resolver. */
    type: "userstory",
    /** In the web client's addresses, `/project/<slug>/us/<ref>`. */
    page: "us",
    statuses: "us_statuses",
    customFields: "userstory_custom_attributes",
    permission: {
      view: "view_us",
      add: "add_us",
      modify: "modify_us",
      comment: "comment_us",
      delete: "delete_us",
    },
    /** The prefix of the filters for the finish date; epics have none. */
    finished: "finish_date",
  },
  task: {
    type: "task",
    page: "task",
    statuses: "task_statuses",
    customFields: "task_custom_attributes",
    permission: {
      view: "view_tasks",
      add: "add_task",
      modify: "modify_task",
      comment: "comment_task",
      delete: "delete_task",
    },
    finished: "finished_date",
  },
  issue: {
    type: "issue",
    page: "issue",
    statuses: "issue_statuses",
    customFields: "issue_custom_attributes",
    permission: {
      view: "view_issues",
      add: "add_issue",
      modify: "modify_issue",
      comment: "comment_issue",
      delete: "delete_issue",
    },
    finished: "finished_date",
  },
  epic: {
    type: "epic",
    page: "epic",
    statuses: "epic_statuses",
    customFields: "epic_custom_attributes",
    permission: {
      view: "view_epics",
      add: "add_epic",
      modify: "modify_epic",
      comment: "comment_epic",
      delete: "delete_epic",
    },
    finished: undefined,
  },
} as const satisfies Record<ItemKind, unknown>;

/** The same names for wiki pages, which have neither status nor custom fields. */
export const WIKI_WORDS = {
  type: "wiki",
  page: "wiki",
  permission: {
    view: "view_wiki_pages",
    add: "add_wiki_page",
    modify: "modify_wiki_page",
    comment: "comment_wiki_page",
    delete: "delete_wiki_page",
  },
} as const;

/** Taiga's permissions for each kind and action. Sprints have no comments. */
const PERMISSIONS = {
  story: TAIGA_WORDS.story.permission,
  task: TAIGA_WORDS.task.permission,
  issue: TAIGA_WORDS.issue.permission,
  epic: TAIGA_WORDS.epic.permission,
  wiki: WIKI_WORDS.permission,
  sprint: {
    view: "view_milestones",
    add: "add_milestone",
    modify: "modify_milestone",
    delete: "delete_milestone",
  },
} as const;
type PermittedKind = keyof typeof PERMISSIONS;

/** The Taiga permissions for an action on the given kinds, one for each kind. */
export const permissionsTo = <Kind extends PermittedKind>(
  action: keyof (typeof PERMISSIONS)[Kind],
  kinds: readonly Kind[],
): string[] => kinds.map((kind) => PERMISSIONS[kind][action] as string);

/** Taiga's name of a kind → the name that people use. */
export const KIND_OF_TYPE = {
  userstory: "story",
  task: "task",
  issue: "issue",
  epic: "epic",
} as const satisfies Record<string, ItemKind>;

/** The fields that classify an issue, and the project's list of choices for each. */
export const ISSUE_CHOICES = {
  type: "issue_types",
  severity: "severities",
  priority: "priorities",
} as const;
export type IssueChoice = keyof typeof ISSUE_CHOICES;

/** `a story`, `an issue` */
export const aKind = (kind: string): string => `${/^[aei]/.test(kind) ? "an" : "a"} ${kind}`;
