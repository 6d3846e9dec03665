/** The kinds of items with a `#ref`, by Taiga's words. */
export type TaigaItemKind = "userstory" | "task" | "issue" | "epic";

/** What has a history and attachments. */
export type TaigaObjectKind = TaigaItemKind | "wiki";

/** Where each kind lives in the API. */
export const ITEM_PATHS = {
  userstory: "/userstories",
  task: "/tasks",
  issue: "/issues",
  epic: "/epics",
} as const satisfies Record<TaigaItemKind, string>;

/** Where each kind lives in the API. */
export const OBJECT_PATHS = {
  ...ITEM_PATHS,
  wiki: "/wiki",
} as const satisfies Record<TaigaObjectKind, string>;
