import type { TaigaItemKind, TaigaObjectKind } from "../../../src/resources/item-kind.ts";
import type { TaigaClient } from "../../../src/taiga-client.ts";
import type { Call, ListCall } from "./call.ts";

const ITEM_KINDS: [TaigaItemKind, path: string][] = [
  ["userstory", "/userstories"],
  ["task", "/tasks"],
  ["issue", "/issues"],
  ["epic", "/epics"],
];
const OBJECT_KINDS: [TaigaObjectKind, path: string][] = [...ITEM_KINDS, ["wiki", "/wiki"]];

const item = { project: 1, subject: "a" };

const itemCalls = ITEM_KINDS.flatMap(([kind, path]): Call[] => [
  [
    `GET ${path}?project=1&page=2`,
    (taiga) => resourceOf(taiga, kind).list({ project: 1 }, { page: 2 }),
    undefined,
  ],
  [
    `GET ${path}?project=1&page=1&page_size=200`,
    async (taiga) => {
      for await (const page of resourceOf(taiga, kind).listAll({ project: 1 })) void page;
    },
    undefined,
  ],
  [`GET ${path}/8`, (taiga) => resourceOf(taiga, kind).getById(8), undefined],
  [
    `GET ${path}/by_ref?ref=8&project=1`,
    (taiga) => resourceOf(taiga, kind).getByRef({ projectId: 1 }, 8),
    undefined,
  ],
  [`POST ${path}`, (taiga) => resourceOf(taiga, kind).create(item), item],
  [
    `PATCH ${path}/8`,
    (taiga) => resourceOf(taiga, kind).update(8, { version: 2, subject: "b" }),
    { version: 2, subject: "b" },
  ],
  [
    `GET ${path}/custom-attributes-values/5`,
    (taiga) => taiga.customAttributeValues.get(kind, 5),
    undefined,
  ],
  [`GET ${path}/filters_data?project=1`, (taiga) => taiga.filterOptions(kind, 1), undefined],
  [
    `PATCH ${path}/custom-attributes-values/5`,
    (taiga) =>
      taiga.customAttributeValues.update(kind, 5, { attributes_values: { 1: "x" }, version: 3 }),
    { attributes_values: { "1": "x" }, version: 3 },
  ],
]);

const objectCalls = OBJECT_KINDS.flatMap(([kind, path]): Call[] => [
  [`GET ${path}/attachments/4`, (taiga) => taiga.attachments.getById(kind, 4), undefined],
  [
    `PATCH ${path}/attachments/4`,
    (taiga) => taiga.attachments.update(kind, 4, { is_deprecated: true }),
    { is_deprecated: true },
  ],
  [`DELETE ${path}/attachments/4`, (taiga) => taiga.attachments.delete(kind, 4), undefined],
  [
    `POST ${path}/attachments/bulk_update_order`,
    (taiga) => taiga.attachments.reorder(kind, 2, { attachmentIds: [4], afterId: 3 }),
    { object_id: 2, after_attachment_id: 3, bulk_attachments: [4] },
  ],
  [
    `POST /history/${kind}/2/edit_comment?id=e`,
    (taiga) => taiga.history.editComment(kind, 2, "e", "text"),
    { comment: "text" },
  ],
  [
    `POST /history/${kind}/2/delete_comment?id=e`,
    (taiga) => taiga.history.deleteComment(kind, 2, "e"),
    undefined,
  ],
  [
    `POST /history/${kind}/2/undelete_comment?id=e`,
    (taiga) => taiga.history.restoreComment(kind, 2, "e"),
    undefined,
  ],
]);

/** What all kinds of items have in common. */
interface AnyItems {
  list(filter: { project: number }, page: { page: number }): Promise<unknown>;
  listAll(filter: { project: number }): AsyncIterable<unknown>;
  getById(id: number): Promise<unknown>;
  getByRef(project: { projectId: number }, ref: number): Promise<unknown>;
  create(values: typeof item): Promise<unknown>;
  update(id: number, changes: { version: number; subject: string }): Promise<unknown>;
}

const resourceOf = (taiga: TaigaClient, kind: TaigaItemKind): AnyItems =>
  ({ userstory: taiga.userStories, task: taiga.tasks, issue: taiga.issues, epic: taiga.epics })[
    kind
  ];

const story = { id: 4, order: 1 };

/** Boards, promotion, comments, attachments and filters. */
export const PLANNING_CALLS: Call[] = [
  ...itemCalls,
  ...objectCalls,
  [
    "POST /userstories/bulk_update_backlog_order",
    (taiga) =>
      taiga.boards.moveInBacklog({ projectId: 1, milestoneId: null, storyIds: [4], afterId: 3 }),
    { project_id: 1, milestone_id: null, after_userstory_id: 3, bulk_userstories: [4] },
  ],
  [
    "POST /userstories/bulk_update_kanban_order",
    (taiga) => taiga.boards.moveOnKanban({ projectId: 1, statusId: 2, storyIds: [4], beforeId: 3 }),
    { project_id: 1, status_id: 2, before_userstory_id: 3, bulk_userstories: [4] },
  ],
  [
    "POST /userstories/bulk_update_milestone",
    (taiga) => taiga.boards.moveStoriesToSprint(1, 2, [story]),
    { project_id: 1, milestone_id: 2, bulk_stories: [{ us_id: 4, order: 1 }] },
  ],
  [
    "POST /tasks/bulk_update_milestone",
    (taiga) => taiga.boards.moveTasksToSprint(1, 2, [story]),
    { project_id: 1, milestone_id: 2, bulk_tasks: [{ task_id: 4, order: 1 }] },
  ],
  [
    "POST /issues/bulk_update_milestone",
    (taiga) => taiga.boards.moveIssuesToSprint(1, 2, [4]),
    { project_id: 1, milestone_id: 2, bulk_issues: [{ issue_id: 4 }] },
  ],
  [
    "POST /tasks/bulk_update_taskboard_order",
    (taiga) => taiga.boards.orderTaskboard({ projectId: 1, statusId: 2, tasks: [story] }),
    { project_id: 1, status_id: 2, bulk_tasks: [{ task_id: 4, order: 1 }] },
  ],
  [
    "POST /tasks/bulk_update_us_order",
    (taiga) => taiga.boards.orderTasksOfStory({ projectId: 1, storyId: 2, tasks: [story] }),
    { project_id: 1, us_id: 2, bulk_tasks: [{ task_id: 4, order: 1 }] },
  ],
  [
    "POST /milestones/2/move_userstories_to_sprint",
    (taiga) =>
      taiga.boards.moveSprintContent({ projectId: 1, fromId: 2, toId: 3, stories: [story] }),
    { project_id: 1, milestone_id: 3, bulk_stories: [{ us_id: 4, order: 1 }] },
  ],
  [
    "POST /milestones/2/move_tasks_to_sprint",
    (taiga) => taiga.boards.moveSprintContent({ projectId: 1, fromId: 2, toId: 3, tasks: [story] }),
    { project_id: 1, milestone_id: 3, bulk_tasks: [{ task_id: 4, order: 1 }] },
  ],
  [
    "POST /milestones/2/move_issues_to_sprint",
    (taiga) => taiga.boards.moveSprintContent({ projectId: 1, fromId: 2, toId: 3, issueIds: [4] }),
    { project_id: 1, milestone_id: 3, bulk_issues: [{ issue_id: 4 }] },
  ],
  ["POST /tasks/4/promote_to_user_story", (taiga) => taiga.tasks.promote(4, 1), { project_id: 1 }],
  [
    "POST /issues/4/promote_to_user_story",
    (taiga) => taiga.issues.promote(4, 1),
    { project_id: 1 },
  ],
  ["GET /epics/4/related_userstories/7", (taiga) => taiga.epics.getStory(4, 7), undefined],
  [
    "PATCH /epics/4/related_userstories/7",
    (taiga) => taiga.epics.orderStory(4, 7, 2),
    { order: 2 },
  ],
];

export const PLANNING_LISTS: ListCall[] = OBJECT_KINDS.flatMap(([kind, path]): ListCall[] => [
  [
    `GET /history/${kind}/2/comment_versions?id=e`,
    (taiga) => taiga.history.listCommentVersions(kind, 2, "e"),
  ],
  [`GET /history/${kind}/3`, (taiga) => taiga.history.list(kind, 3)],
  [`GET ${path}/attachments?project=1&object_id=3`, (taiga) => taiga.attachments.list(kind, 1, 3)],
]);
