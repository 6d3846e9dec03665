import { statusesOf, totalPoints, votersOf } from "../model/kinds.ts";
import { findById, mustFind, ownRows } from "../model/rows.ts";
import type {
  Epic,
  Issue,
  Item,
  ItemKind,
  Project,
  State,
  Task,
  UserStory,
} from "../model/state.ts";

/** A column: its name in the first line, and its value in a row. */
export type Column<Row> = readonly [name: string, valueOf: (row: Row) => unknown];

/** A time as Python writes it. */
const toTime = (stamp: string | null): string =>
  stamp === null ? "" : new Date(stamp).toISOString().replace("T", " ").replace("Z", "000+00:00");

type Planned = Pick<UserStory, "milestone">;
type Due = Pick<UserStory, "due_date" | "due_date_reason">;
type Columns = (state: State, project: Project) => Column<never>[];

const about = (state: State) => {
  const user = (id: number | null) => findById(state.users, id);
  const sprint = (id: number | null) => findById(state.milestones, id);
  return {
    owner: [
      ["owner", (row: Item) => user(row.owner)?.username],
      ["owner_full_name", (row: Item) => user(row.owner)?.full_name],
      ["assigned_to", (row: Item) => user(row.assigned_to)?.username],
      ["assigned_to_full_name", (row: Item) => user(row.assigned_to)?.full_name],
    ] as Column<Item>[],
    sprint: [
      ["sprint_id", (row: Planned) => row.milestone],
      ["sprint", (row: Planned) => sprint(row.milestone)?.name],
      ["sprint_estimated_start", (row: Planned) => sprint(row.milestone)?.estimated_start],
      ["sprint_estimated_finish", (row: Planned) => sprint(row.milestone)?.estimated_finish],
    ] as Column<Planned>[],
    start: [
      ["id", (row: Item) => row.id],
      ["ref", (row: Item) => row.ref],
      ["subject", (row: Item) => row.subject],
      ["description", (row: Item) => row.description],
    ] as Column<Item>[],
    followers: (kind: ItemKind) =>
      [
        ["tags", (row: Item) => row.tags.join(",")],
        ["watchers", (row: Item) => row.watchers],
        ["voters", (row: Item) => votersOf(state, kind, row.id).length],
      ] as Column<Item>[],
    dates: [
      ["created_date", (row: Item) => toTime(row.created_date)],
      ["modified_date", (row: Item) => toTime(row.modified_date)],
    ] as Column<Item>[],
    due: [
      ["due_date", (row: Due) => row.due_date],
      ["due_date_reason", (row: Due) => row.due_date_reason],
    ] as Column<Due>[],
    attachments: (kind: ItemKind): Column<Item> => [
      "attachments",
      (row) =>
        state.attachments.filter((file) => file.kind === kind && file.object === row.id).length,
    ],
  };
};

/** @see taiga-back's services `…_to_csv` of each kind */
export const COLUMNS: Record<ItemKind, Columns> = {
  epic: (state) => {
    const { start, owner, followers, dates, attachments } = about(state);
    return [
      ...start,
      ...owner,
      ["status", (row: Epic) => mustFind(state.epicStatuses, row.status).name],
      ["epics_order", (row: Epic) => row.epics_order],
      ["client_requirement", (row: Epic) => row.client_requirement],
      ["team_requirement", (row: Epic) => row.team_requirement],
      attachments("epic"),
      ...followers("epic"),
      ...dates,
      [
        "related_user_stories",
        (row: Epic) =>
          state.relatedStories
            .filter((link) => link.epic === row.id)
            .map((link) => mustFind(state.userstories, link.user_story))
            .map((story) => `${mustFind(state.projects, story.project).slug}#${story.ref}`)
            .join(","),
      ],
    ];
  },
  userstory: (state, project) => {
    const { start, owner, sprint, followers, dates, due, attachments } = about(state);
    const names = (row: UserStory, key: "username" | "full_name") =>
      row.assigned_users.map((id) => mustFind(state.users, id)[key]).join(",");
    const roles = ownRows(state.roles, project)
      .filter((role) => role.computable)
      .toSorted((a, b) => a.name.localeCompare(b.name, "en"));
    return [
      ...start,
      ...sprint,
      ...owner,
      ["assigned_users", (row: UserStory) => names(row, "username")],
      ["assigned_users_full_name", (row: UserStory) => names(row, "full_name")],
      ["status", (row: UserStory) => mustFind(state.storyStatuses, row.status).name],
      ["is_closed", (row: UserStory) => row.is_closed],
      ["swimlane", (row: UserStory) => findById(state.swimlanes, row.swimlane)?.name],
      ...roles.map((role): Column<UserStory> => [
        `${role.slug}-points`,
        (row) => findById(state.points, row.points[role.id])?.value,
      ]),
      ["total-points", (row: UserStory) => totalPoints(state, row)],
      ["backlog_order", (row: UserStory) => row.backlog_order],
      ["sprint_order", (row: UserStory) => row.sprint_order],
      ["kanban_order", (row: UserStory) => row.kanban_order],
      ...dates,
      ["finish_date", (row: UserStory) => toTime(row.finish_date)],
      ["client_requirement", (row: UserStory) => row.client_requirement],
      ["team_requirement", (row: UserStory) => row.team_requirement],
      attachments("userstory"),
      [
        "generated_from_issue",
        (row: UserStory) => findById(state.issues, row.generated_from_issue)?.ref,
      ],
      ["generated_from_task", () => null],
      ["from_task_ref", (row: UserStory) => row.from_task_ref],
      ["external_reference", (row: UserStory) => row.external_reference?.join(",")],
      [
        "tasks",
        (row: UserStory) =>
          state.tasks
            .filter((task) => task.user_story === row.id)
            .map((task) => task.ref)
            .join(","),
      ],
      ...followers("userstory"),
      ...due,
      [
        "epics",
        (row: UserStory) =>
          state.relatedStories
            .filter((link) => link.user_story === row.id)
            .map((link) => mustFind(state.epics, link.epic).ref)
            .join(","),
      ],
    ];
  },
  task: (state) => {
    const { start, owner, sprint, followers, dates, due, attachments } = about(state);
    const isClosed = (row: Task) => mustFind(state.taskStatuses, row.status).is_closed;
    return [
      ...start,
      ["user_story", (row: Task) => findById(state.userstories, row.user_story)?.ref],
      ...sprint,
      ...owner,
      ["status", (row: Task) => mustFind(state.taskStatuses, row.status).name],
      ["is_iocaine", (row: Task) => row.is_iocaine],
      ["is_closed", isClosed],
      ["us_order", (row: Task) => row.us_order],
      ["taskboard_order", (row: Task) => row.taskboard_order],
      attachments("task"),
      ["external_reference", (row: Task) => row.external_reference?.join(",")],
      ...followers("task"),
      ...dates,
      ["finished_date", (row: Task) => toTime(row.finished_date)],
      ...due,
    ];
  },
  issue: (state) => {
    const { start, owner, sprint, followers, dates, due, attachments } = about(state);
    return [
      ...start,
      ...sprint,
      ...owner,
      ["status", (row: Issue) => mustFind(state.issueStatuses, row.status).name],
      ["severity", (row: Issue) => mustFind(state.severities, row.severity).name],
      ["priority", (row: Issue) => mustFind(state.priorities, row.priority).name],
      ["type", (row: Issue) => mustFind(state.issueTypes, row.type).name],
      ["is_closed", (row: Issue) => mustFind(statusesOf(state, "issue"), row.status).is_closed],
      attachments("issue"),
      ["external_reference", (row: Issue) => row.external_reference?.join(",")],
      ...followers("issue"),
      ...dates,
      ["finished_date", (row: Issue) => toTime(row.finished_date)],
      ...due,
    ];
  },
};
