import type { ValueLists } from "../../../src/resources/value-lists.ts";
import type { Call, ListCall } from "./call.ts";

const hook = { name: "n", url: "https://hooks.example/h", key: "k" };

/** Where each value list lives, and the field that its order is sent in. */
const VALUE_LISTS: [path: string, (lists: ValueLists) => AnyList, orderField?: string][] = [
  ["/epic-statuses", (lists) => lists.epicStatuses, "bulk_epic_statuses"],
  ["/userstory-statuses", (lists) => lists.userStoryStatuses, "bulk_userstory_statuses"],
  ["/task-statuses", (lists) => lists.taskStatuses, "bulk_task_statuses"],
  ["/issue-statuses", (lists) => lists.issueStatuses, "bulk_issue_statuses"],
  ["/points", (lists) => lists.points, "bulk_points"],
  ["/priorities", (lists) => lists.priorities, "bulk_priorities"],
  ["/severities", (lists) => lists.severities, "bulk_severities"],
  ["/issue-types", (lists) => lists.issueTypes, "bulk_issue_types"],
  ["/swimlanes", (lists) => lists.swimlanes, "bulk_swimlanes"],
  ["/userstory-due-dates", (lists) => lists.dueDateRules.userstory],
  ["/task-due-dates", (lists) => lists.dueDateRules.task],
  ["/issue-due-dates", (lists) => lists.dueDateRules.issue],
  [
    "/userstory-custom-attributes",
    (lists) => lists.customAttributes.userstory,
    "bulk_userstory_custom_attributes",
  ],
  [
    "/task-custom-attributes",
    (lists) => lists.customAttributes.task,
    "bulk_task_custom_attributes",
  ],
  [
    "/issue-custom-attributes",
    (lists) => lists.customAttributes.issue,
    "bulk_issue_custom_attributes",
  ],
  [
    "/epic-custom-attributes",
    (lists) => lists.customAttributes.epic,
    "bulk_epic_custom_attributes",
  ],
];

/** What all value lists have in common. */
interface AnyList {
  list(projectId: number): Promise<unknown>;
  getById(id: number): Promise<unknown>;
  create(values: { project: number; name: string }): Promise<unknown>;
  update(id: number, changes: { name?: string; order?: number }): Promise<unknown>;
  delete(id: number, moveTo?: number): Promise<void>;
  reorder?(projectId: number, order: readonly [number, number][]): Promise<void>;
}

const valueCalls = VALUE_LISTS.flatMap(([path, listOf, orderField]): Call[] => [
  [`GET ${path}/4`, (taiga) => listOf(taiga.valueLists).getById(4), undefined],
  [
    `POST ${path}`,
    (taiga) => listOf(taiga.valueLists).create({ project: 1, name: "a" }),
    { project: 1, name: "a" },
  ],
  [`PATCH ${path}/4`, (taiga) => listOf(taiga.valueLists).update(4, { order: 2 }), { order: 2 }],
  [`DELETE ${path}/4?moveTo=5`, (taiga) => listOf(taiga.valueLists).delete(4, 5), undefined],
  ...(orderField === undefined
    ? []
    : [
        [
          `POST ${path}/bulk_update_order`,
          async (taiga) => listOf(taiga.valueLists).reorder?.(1, [[4, 1]]),
          { project: 1, [orderField]: [[4, 1]] },
        ] satisfies Call,
      ]),
]);

/** Projects, their settings, values, tags, webhooks and reports. */
export const PROJECT_CALLS: Call[] = [
  ...valueCalls,
  [
    "POST /projects",
    (taiga) => taiga.projects.create({ name: "a", description: "b" }),
    { name: "a", description: "b" },
  ],
  [
    "PATCH /projects/3",
    (taiga) => taiga.projects.update(3, { is_kanban_activated: true }),
    { is_kanban_activated: true },
  ],
  ["DELETE /projects/3", (taiga) => taiga.projects.delete(3), undefined],
  [
    "POST /projects/3/duplicate",
    (taiga) =>
      taiga.projects.duplicate(3, { name: "a", description: "b", is_private: true, userIds: [7] }),
    { name: "a", description: "b", is_private: true, users: [{ id: 7 }] },
  ],
  [
    "POST /projects/bulk_update_order",
    (taiga) => taiga.projects.reorder([{ id: 3, order: 1 }]),
    [{ project_id: 3, order: 1 }],
  ],
  ["POST /projects/3/leave", (taiga) => taiga.projects.leave(3), undefined],
  ["POST /projects/3/like", (taiga) => taiga.projects.like(3), undefined],
  ["POST /projects/3/unlike", (taiga) => taiga.projects.unlike(3), undefined],
  ["POST /projects/3/watch", (taiga) => taiga.projects.watch(3, 2), { notify_level: 2 }],
  ["POST /projects/3/unwatch", (taiga) => taiga.projects.unwatch(3), undefined],
  ["POST /projects/3/remove_logo", (taiga) => taiga.projects.removeLogo(3), undefined],
  ["GET /projects/3/stats", (taiga) => taiga.projectStats.points(3), undefined],
  ["GET /projects/3/issues_stats", (taiga) => taiga.projectStats.issues(3), undefined],
  ["GET /projects/3/member_stats", (taiga) => taiga.projectStats.members(3), undefined],
  ["GET /projects/3/tags_colors", (taiga) => taiga.projectTags.colors(3), undefined],
  [
    "POST /projects/3/create_tag",
    (taiga) => taiga.projectTags.create(3, "a", "#112233"),
    { tag: "a", color: "#112233" },
  ],
  [
    "POST /projects/3/edit_tag",
    (taiga) => taiga.projectTags.update(3, "a", { name: "b" }),
    { from_tag: "a", to_tag: "b" },
  ],
  [
    "POST /projects/3/mix_tags",
    (taiga) => taiga.projectTags.merge(3, ["a", "b"], "c"),
    { from_tags: ["a", "b"], to_tag: "c" },
  ],
  ["POST /projects/3/delete_tag", (taiga) => taiga.projectTags.delete(3, "a"), { tag: "a" }],
  [
    "POST /projects/3/transfer_start",
    (taiga) => taiga.projectTransfer.start(3, 7, "r"),
    { user: 7, reason: "r" },
  ],
  ["POST /projects/3/transfer_request", (taiga) => taiga.projectTransfer.request(3), undefined],
  [
    "POST /projects/3/transfer_validate_token",
    (taiga) => taiga.projectTransfer.validateToken(3, "t"),
    { token: "t" },
  ],
  [
    "POST /projects/3/transfer_accept",
    (taiga) => taiga.projectTransfer.accept(3, "t"),
    { token: "t" },
  ],
  [
    "POST /projects/3/transfer_reject",
    (taiga) => taiga.projectTransfer.reject(3, "t", "r"),
    { token: "t", reason: "r" },
  ],
  ["GET /projects/3/modules", (taiga) => taiga.projectIntegrations.get(3), undefined],
  [
    "PATCH /projects/3/modules",
    (taiga) => taiga.projectIntegrations.update(3, { github: { secret: "s" } }),
    { github: { secret: "s" } },
  ],
  [
    "POST /projects/3/regenerate_userstories_csv_uuid",
    (taiga) => taiga.csvReports.enable("userstory", 3),
    undefined,
  ],
  [
    "POST /projects/3/regenerate_tasks_csv_uuid",
    (taiga) => taiga.csvReports.enable("task", 3),
    undefined,
  ],
  [
    "POST /projects/3/regenerate_issues_csv_uuid",
    (taiga) => taiga.csvReports.enable("issue", 3),
    undefined,
  ],
  [
    "POST /projects/3/regenerate_epics_csv_uuid",
    (taiga) => taiga.csvReports.enable("epic", 3),
    undefined,
  ],
  [
    "POST /projects/3/delete_userstories_csv_uuid",
    (taiga) => taiga.csvReports.disable("userstory", 3),
    undefined,
  ],
  [
    "POST /projects/3/delete_tasks_csv_uuid",
    (taiga) => taiga.csvReports.disable("task", 3),
    undefined,
  ],
  [
    "POST /projects/3/delete_issues_csv_uuid",
    (taiga) => taiga.csvReports.disable("issue", 3),
    undefined,
  ],
  [
    "POST /projects/3/delete_epics_csv_uuid",
    (taiga) => taiga.csvReports.disable("epic", 3),
    undefined,
  ],
  ["GET /userstories/csv?uuid=u", (taiga) => taiga.csvReports.read("userstory", "u"), undefined],
  ["GET /tasks/csv?uuid=u", (taiga) => taiga.csvReports.read("task", "u"), undefined],
  ["GET /issues/csv?uuid=u", (taiga) => taiga.csvReports.read("issue", "u"), undefined],
  ["GET /epics/csv?uuid=u", (taiga) => taiga.csvReports.read("epic", "u"), undefined],
  [
    "GET /exporter/3?dump_format=gzip",
    (taiga) => taiga.exportProject(3, { gzip: true }),
    undefined,
  ],
  ["POST /contact", (taiga) => taiga.contactProject(3, "hello"), { project: 3, comment: "hello" }],
  ["GET /swimlane-userstory-statuses/4", (taiga) => taiga.wipLimits.getById(4), undefined],
  [
    "PATCH /swimlane-userstory-statuses/4",
    (taiga) => taiga.wipLimits.update(4, null),
    { wip_limit: null },
  ],
  ["GET /webhooks/4", (taiga) => taiga.webhooks.getById(4), undefined],
  [
    "POST /webhooks",
    (taiga) => taiga.webhooks.create({ project: 1, ...hook }),
    { project: 1, ...hook },
  ],
  ["PATCH /webhooks/4", (taiga) => taiga.webhooks.update(4, { name: "b" }), { name: "b" }],
  ["DELETE /webhooks/4", (taiga) => taiga.webhooks.delete(4), undefined],
  ["POST /webhooks/4/test", (taiga) => taiga.webhooks.test(4), undefined],
  ["GET /webhooklogs/4", (taiga) => taiga.webhooks.getLog(4), undefined],
  ["POST /webhooklogs/4/resend", (taiga) => taiga.webhooks.resendLog(4), undefined],
  ["GET /wiki-links/4", (taiga) => taiga.wikiLinks.getById(4), undefined],
  [
    "POST /wiki-links",
    (taiga) => taiga.wikiLinks.create({ project: 1, title: "Home" }),
    { project: 1, title: "Home" },
  ],
  ["PATCH /wiki-links/4", (taiga) => taiga.wikiLinks.update(4, { order: 2 }), { order: 2 }],
  ["DELETE /wiki-links/4", (taiga) => taiga.wikiLinks.delete(4), undefined],
  [
    "POST /wiki/render",
    (taiga) => taiga.wikiPages.render(1, "**a**"),
    { project_id: 1, content: "**a**" },
  ],
];

export const PROJECT_LISTS: ListCall[] = [
  ...VALUE_LISTS.map(([path, listOf]): ListCall => [
    `GET ${path}?project=1`,
    (taiga) => listOf(taiga.valueLists).list(1),
  ]),
  ["GET /projects/3/fans", (taiga) => taiga.projects.fans(3)],
  ["GET /projects/3/watchers", (taiga) => taiga.projects.watchers(3)],
  ["GET /project-templates", (taiga) => taiga.projects.listTemplates()],
  ["GET /webhooks?project=1", (taiga) => taiga.webhooks.list(1)],
  ["GET /webhooklogs?webhook=4", (taiga) => taiga.webhooks.listLogs(4)],
  ["GET /wiki-links?project=1", (taiga) => taiga.wikiLinks.list(1)],
];
