import type { State } from "../../src/index.ts";

type Row = { id: number; project?: number };

const sameIds = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((id) => b.includes(id));

/** What the tables must never contain: references to nothing, and values that occur twice. */
export function findBroken(state: State): string[] {
  const broken: string[] = [];
  const has = (rows: readonly Row[], id: number | null): boolean =>
    id === null || rows.some((row) => row.id === id);
  const check = (what: string, isGood: boolean): void => {
    if (!isGood) broken.push(what);
  };
  const twice = (what: string, keys: readonly string[]): void => {
    check(`${what} twice`, new Set(keys).size === keys.length);
  };
  const items = {
    epic: [state.epics, state.epicStatuses],
    userstory: [state.userstories, state.storyStatuses],
    task: [state.tasks, state.taskStatuses],
    issue: [state.issues, state.issueStatuses],
  } as const;
  const refs: string[] = [];
  for (const [kind, [rows, statuses]] of Object.entries(items)) {
    for (const row of rows) {
      const name = `${kind} ${row.id}`;
      refs.push(`${row.project}#${row.ref}`);
      check(`${name}: project`, has(state.projects, row.project));
      check(`${name}: status`, has(statuses, row.status));
      check(`${name}: owner`, has(state.users, row.owner));
      check(`${name}: assignee`, has(state.users, row.assigned_to));
      check(`${name}: version`, Number.isInteger(row.version) && row.version >= 1);
      if ("milestone" in row) check(`${name}: sprint`, has(state.milestones, row.milestone));
    }
  }
  twice("a number of an item", refs);
  for (const story of state.userstories) {
    const roles = state.roles.filter((row) => row.project === story.project && row.computable);
    const keys = roles.map((role) => String(role.id));
    check(`story ${story.id}: swimlane`, has(state.swimlanes, story.swimlane));
    check(
      `story ${story.id}: roles with points`,
      keys.toSorted().join() === Object.keys(story.points).toSorted().join(),
    );
    for (const id of Object.values(story.points)) check("points", has(state.points, id));
  }
  for (const task of state.tasks) check("story of a task", has(state.userstories, task.user_story));
  for (const issue of state.issues) {
    check("type", has(state.issueTypes, issue.type));
    check("priority", has(state.priorities, issue.priority));
    check("severity", has(state.severities, issue.severity));
  }
  for (const link of state.relatedStories) {
    check("epic of a link", has(state.epics, link.epic));
    check("story of a link", has(state.userstories, link.user_story));
  }
  for (const member of [...state.memberships, ...state.invitations]) {
    check("role of a member", has(state.roles, member.role));
    check("project of a member", has(state.projects, member.project));
  }
  twice(
    "a member",
    state.memberships.map((row) => `${row.project}:${row.user}`),
  );
  twice(
    "a vote",
    state.votes.map((row) => `${row.kind}:${row.object}:${row.user}`),
  );
  twice(
    "a slug",
    state.projects.map((row) => row.slug),
  );
  for (const project of state.projects) {
    const { defaults } = project;
    check("default status", has(state.storyStatuses, defaults.us_status));
    check("default points", has(state.points, defaults.points));
    check("default swimlane", has(state.swimlanes, defaults.swimlane));
    check("owner", has(state.users, project.owner));
  }
  for (const lane of state.swimlanes) {
    const statuses = state.storyStatuses.filter((row) => row.project === lane.project);
    const cells = lane.statuses.map((cell) => cell.status);
    const expected = statuses.map((row) => row.id);
    check("cells of a swimlane", sameIds(cells, expected));
  }
  return broken;
}
