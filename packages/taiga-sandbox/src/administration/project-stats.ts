import type { Handlers } from "../http/endpoint.ts";
import type { Context } from "../model/context.ts";
import { findById, mustFind, ownRows } from "../model/rows.ts";
import type { Project, State, UserStory } from "../model/state.ts";
import { toIssuesStats } from "./issues-stats.ts";
import { findVisible } from "./project-action.ts";

/** The numbers of a project; everyone who sees the project sees them. */
export function statsActions(context: Context): Record<string, Handlers> {
  const { state } = context;
  const numbers = (toStats: (project: Project) => unknown): Handlers => ({
    GET: (req, actor) => toStats(findVisible(state, actor, req)),
  });
  return {
    stats: numbers((project) => toStats(state, project)),
    member_stats: numbers((project) => toMemberStats(state, project)),
    issues_stats: numbers((project) => toIssuesStats(context, project)),
    tags_colors: numbers((project) => project.tags_colors),
  };
}

/** Points by role id, without roles that have none. */
type RolePoints = Record<string, number>;

function sumPoints(state: State, stories: readonly UserStory[]): RolePoints {
  const sums: RolePoints = {};
  for (const [role, id] of stories.flatMap((story) => Object.entries(story.points))) {
    const value = findById(state.points, id)?.value ?? 0;
    if (value > 0) sums[role] = (sums[role] ?? 0) + value;
  }
  return sums;
}

const total = (points: RolePoints): number =>
  Object.values(points).reduce((all, one) => all + one, 0);

/** @see taiga-back projects/services/stats.py, get_stats_for_project */
function toStats(state: State, project: Project) {
  const stories = ownRows(state.userstories, project);
  const defined = sumPoints(state, stories);
  const closed = sumPoints(
    state,
    stories.filter((story) => story.is_closed),
  );
  const assigned = sumPoints(
    state,
    stories.filter((story) => story.milestone !== null),
  );
  const closedSprints = ownRows(state.milestones, project).filter((row) => row.closed).length;
  return {
    name: project.name,
    total_milestones: project.total_milestones,
    total_points: project.total_story_points,
    closed_points: total(closed),
    closed_points_per_role: closed,
    defined_points: total(defined),
    defined_points_per_role: defined,
    assigned_points: total(assigned),
    assigned_points_per_role: assigned,
    milestones: toBurndown(state, project, project.total_story_points ?? total(defined)),
    speed: closedSprints === 0 ? 0 : total(closed) / closedSprints,
  };
}

/** The points that were open at the start of each sprint; `null` for times to come. */
function toBurndown(state: State, project: Project, points: number) {
  const sprints = ownRows(state.milestones, project).toSorted((a, b) =>
    a.estimated_start.localeCompare(b.estimated_start),
  );
  const count = Math.max(project.total_milestones ?? 0, sprints.length);
  const increments = { "team-increment": 0, "client-increment": 0 };
  let open: number | null = count === 0 ? null : points;
  const rows = Array.from({ length: count }, (_, index) => {
    const sprint = sprints[index];
    const row = {
      name: sprint?.name ?? "Future sprint",
      optimal: points - (points / count) * index,
      evolution: open,
      ...increments,
    };
    if (sprint === undefined) open = null;
    else {
      const within = state.userstories.filter((story) => story.milestone === sprint.id);
      open =
        (open ?? 0) -
        total(
          sumPoints(
            state,
            within.filter((story) => story.is_closed),
          ),
        );
    }
    return row;
  });
  return [...rows, { name: "Project End", optimal: 0, evolution: open, ...increments }];
}

/** For each member, by user id. */
function toMemberStats(state: State, project: Project) {
  const members = ownRows(state.memberships, project).map((row) => row.user);
  const count = (users: readonly (number | null)[]) =>
    Object.fromEntries(members.map((id) => [id, users.filter((user) => user === id).length]));
  const issues = ownRows(state.issues, project);
  const tasks = ownRows(state.tasks, project);
  const isClosedTask = (status: number) => mustFind(state.taskStatuses, status).is_closed;
  const isClosedIssue = (status: number) => mustFind(state.issueStatuses, status).is_closed;
  const pages = new Set(ownRows(state.wikiPages, project).map((page) => page.id));
  return {
    closed_bugs: count(
      issues.filter((row) => isClosedIssue(row.status)).map((row) => row.assigned_to),
    ),
    iocaine_tasks: count(tasks.filter((row) => row.is_iocaine).map((row) => row.assigned_to)),
    wiki_changes: count(
      state.history
        .filter((entry) => entry.kind === "wiki" && pages.has(entry.object))
        .map((entry) => entry.user),
    ),
    created_bugs: count(issues.map((row) => row.owner)),
    closed_tasks: count(
      tasks.filter((row) => isClosedTask(row.status)).map((row) => row.assigned_to),
    ),
  };
}
