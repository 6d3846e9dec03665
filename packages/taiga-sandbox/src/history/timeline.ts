import { allAssignees } from "../model/kinds.ts";
import { allocateId, findById, mustFind } from "../model/rows.ts";
import type { Recorded } from "./snapshots.ts";
import type {
  Item,
  Membership,
  Milestone,
  Project,
  RelatedStory,
  State,
  TimelineChange,
  TimelineEvent,
  TimelineKind,
} from "../model/state.ts";

/** Taiga's name of each kind in event types and in the keys of history entries. */
export const TYPE_NAMES: Record<TimelineKind, string> = {
  project: "projects.project",
  membership: "projects.membership",
  milestone: "milestones.milestone",
  epic: "epics.epic",
  relateduserstory: "epics.relateduserstory",
  userstory: "userstories.userstory",
  task: "tasks.task",
  issue: "issues.issue",
  wiki: "wiki.wikipage",
};

const NOTHING: TimelineChange = {
  comment: "",
  values_diff: {},
  comment_edited: false,
  comment_deleted: false,
};

/** Everything that appears in timelines. */
export type TimelineSubject =
  | Recorded
  | { kind: "milestone"; item: Milestone }
  | { kind: "relateduserstory"; item: RelatedStory }
  | { kind: "project"; item: Project }
  | { kind: "membership"; item: Membership };

/** Adds an event to the timelines of the project and of the users it concerns. */
export function addTimelineEvent(
  state: State,
  subject: TimelineSubject,
  event: Pick<TimelineEvent, "action" | "created"> & {
    /** For memberships, the member who joined or left. */
    author: number;
    change?: Partial<TimelineChange>;
  },
): void {
  const { action, created, change, author } = event;
  const people = toPeople(subject).filter((id) => findById(state.users, id)?.is_active === true);
  const id = allocateId(state, "timeline");
  for (let left = people.length; left > 0; left -= 1) allocateId(state, "timeline");
  state.timeline.push({
    id,
    kind: subject.kind,
    action,
    project: toProjectId(state, subject),
    user: author,
    people,
    created,
    about: structuredClone(toAbout(state, subject)),
    change: subject.kind === "membership" ? null : { ...NOTHING, ...change },
  });
}

function toProjectId(state: State, { kind, item }: TimelineSubject): number {
  if (kind === "project") return item.id;
  return kind === "relateduserstory" ? mustFind(state.epics, item.epic).project : item.project;
}

/** Owner, assignees and watchers, each once. */
function toPeople({ kind, item }: TimelineSubject): number[] {
  if (kind === "relateduserstory") return [];
  if (kind === "membership") return [item.user];
  if (kind === "project" || kind === "milestone") return [item.owner];
  if (kind === "wiki") return [...new Set([item.owner, ...item.watchers])];
  const assigned =
    kind === "userstory" ? allAssignees(item) : item.assigned_to === null ? [] : [item.assigned_to];
  return [...new Set([item.owner, ...assigned, ...item.watchers])];
}

const pickItem = ({ id, ref, subject }: Item) => ({ id, ref, subject });
const pickMilestone = ({ id, name, slug }: Milestone) => ({ id, name, slug });

/** @see taiga-back timeline/timeline_implementations.py */
function toAbout(state: State, { kind, item }: TimelineSubject): Record<string, unknown> {
  switch (kind) {
    case "project":
      return {};
    case "membership": {
      const { id, name } = mustFind(state.roles, item.role);
      return { role: { id, name } };
    }
    case "milestone":
      return { milestone: pickMilestone(item) };
    case "wiki":
      return { wikipage: { id: item.id, slug: item.slug } };
    case "relateduserstory": {
      const userstory = pickItem(mustFind(state.userstories, item.user_story));
      return { epic: pickItem(mustFind(state.epics, item.epic)), userstory };
    }
    case "userstory": {
      const milestone = findById(state.milestones, item.milestone);
      return {
        userstory: pickItem(item),
        ...(milestone && { milestone: pickMilestone(milestone) }),
      };
    }
    case "task": {
      const story = findById(state.userstories, item.user_story);
      return { task: { ...pickItem(item), ...(story && { userstory: pickItem(story) }) } };
    }
    case "epic":
    case "issue":
      return { [kind]: pickItem(item) };
  }
}
