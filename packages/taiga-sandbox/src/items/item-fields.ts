import { listEntries } from "../history/history.ts";
import { toDay, type Context } from "../model/context.ts";
import { allAssignees, epicsOf, statusesOf, totalPoints } from "../model/kinds.ts";
import { findById, mustFind } from "../model/rows.ts";
import type { Epic, Issue, ItemKind, State, Task, UserStory } from "../model/state.ts";
import { listAttachments } from "./attachment-views.ts";

/** A due date within this time counts as "due soon". */
const DUE_SOON_DAYS = 14;

/** A status within an item. */
export const toStatusExtraInfo = (state: State, kind: ItemKind, id: number) => {
  const { name, color, is_closed } = mustFind(statusesOf(state, kind), id);
  return { name, color, is_closed };
};

/** The due date and how near it is. */
export function toDueFields(
  { state, clock }: Context,
  kind: "userstory" | "task" | "issue",
  item: UserStory | Task | Issue,
) {
  const { is_closed } = mustFind(statusesOf(state, kind), item.status);
  return {
    due_date: item.due_date,
    due_date_reason: item.due_date_reason,
    due_date_status: toDueStatus(item.due_date, is_closed, toDay(clock())),
  };
}

function toDueStatus(dueDate: string | null, isClosed: boolean, today: string): string {
  if (dueDate === null) return "not_set";
  if (isClosed) return "no_longer_applicable";
  const days = (Date.parse(dueDate) - Date.parse(today)) / 86_400_000;
  if (days < 0) return "past_due";
  return days <= DUE_SOON_DAYS ? "due_soon" : "set";
}

/** Deleted comments count, too, as in Taiga. */
const countComments = (state: State, kind: ItemKind, id: number): number =>
  listEntries(state, kind, id).filter((entry) => entry.comment !== "").length;

/** The epics of a story; null, not an empty list, when there are none. */
export function toStoryEpics(state: State, story: UserStory) {
  const epics = epicsOf(state, story).map(({ epic }) => {
    const { id, name, slug } = mustFind(state.projects, epic.project);
    const project = { id, name, slug };
    return { id: epic.id, ref: epic.ref, subject: epic.subject, color: epic.color, project };
  });
  return epics.length === 0 ? null : epics;
}

const toOrigin = (issue: Issue | undefined) =>
  issue === undefined ? null : { id: issue.id, ref: issue.ref, subject: issue.subject };

/** Fields that only stories have, besides their columns. */
export function toStoryFields(context: Context, story: UserStory) {
  const { state } = context;
  const milestone = findById(state.milestones, story.milestone);
  return {
    ...toDueFields(context, "userstory", story),
    total_comments: countComments(state, "userstory", story.id),
    milestone_slug: milestone?.slug ?? null,
    milestone_name: milestone?.name ?? null,
    is_closed: story.is_closed,
    total_points: totalPoints(state, story),
    // A task is deleted when it is promoted.
    generated_from_task: null,
    external_reference: story.external_reference,
    tribe_gig: null,
    comment: "",
    origin_issue: toOrigin(findById(state.issues, story.generated_from_issue)),
    origin_task: null,
    epics: toStoryEpics(state, story),
    epic_order: epicsOf(state, story)[0]?.order ?? null,
    tasks: [],
    total_attachments: listAttachments(state, "userstory", story.id).length,
    assigned_users: allAssignees(story),
  };
}

/** Fields that only tasks have, besides their columns. */
export function toTaskFields(context: Context, task: Task) {
  const { state } = context;
  const story = findById(state.userstories, task.user_story);
  return {
    ...toDueFields(context, "task", task),
    total_comments: countComments(state, "task", task.id),
    user_story_extra_info: story
      ? { id: story.id, ref: story.ref, subject: story.subject, epics: toStoryEpics(state, story) }
      : null,
    milestone_slug: findById(state.milestones, task.milestone)?.slug ?? null,
    external_reference: task.external_reference,
  };
}

/** Fields that only issues have, besides their columns. */
export const toIssueFields = (context: Context, issue: Issue) => ({
  ...toDueFields(context, "issue", issue),
  external_reference: issue.external_reference,
});

/** Progress of a story, from 0 to 1; of an open story, the share of its closed tasks. */
function toProgress(state: State, story: UserStory): number {
  if (story.is_closed) return 1;
  const tasks = state.tasks.filter((task) => task.user_story === story.id);
  const closed = tasks.filter((task) => mustFind(state.taskStatuses, task.status).is_closed);
  return tasks.length === 0 ? 0 : closed.length / tasks.length;
}

/** Fields that only epics have, besides their columns. */
export function toEpicFields(state: State, epic: Epic) {
  const stories = state.relatedStories
    .filter((link) => link.epic === epic.id)
    .map((link) => mustFind(state.userstories, link.user_story));
  return {
    user_stories_counts: {
      total: stories.length,
      progress:
        stories.length === 0
          ? null
          : stories.map((story) => toProgress(state, story)).reduce((sum, one) => sum + one, 0),
    },
  };
}
