/** What people call the things that a project is made of. The order is the order of guessing. */
export const ITEM_KINDS = ["story", "task"] as const;
export type ItemKind = (typeof ITEM_KINDS)[number];

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
    permission: { add: "add_us", modify: "modify_us", comment: "comment_us" },
    finished: "finish_date",
    plural: "stories",
  },
  task: {
    type: "task",
    page: "task",
    statuses: "task_statuses",
    customFields: "task_custom_attributes",
    permission: { add: "add_task", modify: "modify_task", comment: "comment_task" },
    finished: "finished_date",
    plural: "tasks",
  },
} as const satisfies Record<ItemKind, unknown>;
