/** What people call the things with a number that a project is made of. */
export const ITEM_KINDS = ["story", "task", "issue", "epic"] as const;
export type ItemKind = (typeof ITEM_KINDS)[number];

/** What can be found and read: also wiki pages, which have a name instead of a number. */
export const PAGE_KINDS = [...ITEM_KINDS, "wiki"] as const;
export type PageKind = (typeof PAGE_KINDS)[number];

/**
 * Where the words of people and of Taiga differ: people say story, sprint and follower, Taiga says
 * user story (`userstory`, `us`), milestone and watcher.
 */
export const TAIGA_WORDS = {
  story: {
    /** In paths of history, attachments and custom attribute values, and the resolver. */
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
    /** The filters for when it was finished; epics have none. */
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

/** The same words for wiki pages, which have neither status nor custom fields. */
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

/** What may be done with a kind of thing, in Taiga's words. Sprints have no comments. */
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

/** The Taiga permissions for doing something with things of these kinds, one a kind. */
export const permissionsTo = <Kind extends PermittedKind>(
  action: keyof (typeof PERMISSIONS)[Kind],
  kinds: readonly Kind[],
): string[] => kinds.map((kind) => PERMISSIONS[kind][action] as string);

/** Taiga's word for a kind → the word that people use. */
export const KIND_OF_TYPE = {
  userstory: "story",
  task: "task",
  issue: "issue",
  epic: "epic",
} as const satisfies Record<string, ItemKind>;

/** What an issue is classified by, and where its project keeps the choices. */
export const ISSUE_CHOICES = {
  type: "issue_types",
  severity: "severities",
  priority: "priorities",
} as const;
export type IssueChoice = keyof typeof ISSUE_CHOICES;

/** `a story`, `an issue` */
export const aKind = (kind: string): string => `${/^[aei]/.test(kind) ? "an" : "a"} ${kind}`;
