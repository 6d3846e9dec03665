import type { Actor } from "../model/access.ts";
import type { State } from "../model/state.ts";
import { findProjectForWrite } from "./project-writes.ts";

/** Tables whose rows belong to a project and go with it. */
const OWN_TABLES = [
  "roles",
  "memberships",
  "invitations",
  "notifyPolicies",
  "fans",
  "epicStatuses",
  "storyStatuses",
  "taskStatuses",
  "issueStatuses",
  "issueTypes",
  "priorities",
  "severities",
  "points",
  "storyDueDates",
  "taskDueDates",
  "issueDueDates",
  "swimlanes",
  "customAttributes",
  "milestones",
  "epics",
  "userstories",
  "tasks",
  "issues",
  "wikiPages",
  "wikiLinks",
  "timeline",
  "homepages",
  "webhooks",
] as const;

/**
 * `DELETE /projects/{id}` by any administrator, with everything in it.
 *
 * @throws {ApiError} as Taiga answers.
 */
export function deleteProject(state: State, actor: Actor, id: number | undefined): void {
  const project = findProjectForWrite(state, actor, id, "delete_project");
  const isOthers = (row: { project: number }): boolean => row.project !== project.id;
  for (const table of OWN_TABLES) {
    (state[table] as { project: number }[]) = (state[table] as { project: number }[]).filter(
      isOthers,
    );
  }
  state.projects = state.projects.filter((row) => row !== project);
  removeOrphans(state);
}

/** What belongs to items that are gone. */
function removeOrphans(state: State): void {
  const idsOf = (rows: readonly { id: number }[]) => new Set(rows.map((row) => row.id));
  const objects = {
    epic: idsOf(state.epics),
    userstory: idsOf(state.userstories),
    task: idsOf(state.tasks),
    issue: idsOf(state.issues),
    wiki: idsOf(state.wikiPages),
  };
  const isKept = (row: { kind: keyof typeof objects; object: number }): boolean =>
    objects[row.kind].has(row.object);
  state.relatedStories = state.relatedStories.filter(
    (row) => objects.epic.has(row.epic) && objects.userstory.has(row.user_story),
  );
  for (const file of state.attachments) {
    if (!isKept(file)) delete state.attachmentContents[file.id];
  }
  state.attachments = state.attachments.filter(isKept);
  const webhooks = idsOf(state.webhooks);
  state.webhookLogs = state.webhookLogs.filter((log) => webhooks.has(log.webhook));
  state.votes = state.votes.filter(isKept);
  state.history = state.history.filter(isKept);
  state.customAttributeValues = state.customAttributeValues.filter(isKept);
}
