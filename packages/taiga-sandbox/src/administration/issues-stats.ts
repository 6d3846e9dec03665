import type { Context } from "../model/context.ts";
import { findById, mustFind, ownRows } from "../model/rows.ts";
import type { Issue, Project, State } from "../model/state.ts";

const DAY_MS = 86_400_000;
const DAYS = 28;

interface Named {
  id: number;
  name: string;
  color: string;
}

/**
 * `/projects/{id}/issues_stats`: how many issues there are of each kind, and on each of the last 28 days.
 *
 * @see taiga-back projects/services/stats.py, get_stats_for_project_issues
 */
export function toIssuesStats({ state, clock }: Context, project: Project) {
  const issues = ownRows(state.issues, project);
  const closed = issues.filter((row) => isClosed(state, row));
  const by = (rows: readonly Named[], idOf: (issue: Issue) => number) =>
    countBy(issues, idOf, (id) => {
      const { name, color } = mustFind(rows, id);
      return { name, id, color };
    });
  const people = (idOf: (issue: Issue) => number | null) =>
    countBy(issues, idOf, (id) => {
      const { username, full_name, color } = mustFind(state.users, id);
      return { username, name: full_name, id, color };
    });
  const days = listDays(clock());
  return {
    total_issues: issues.length,
    opened_issues: issues.length - closed.length,
    closed_issues: closed.length,
    issues_per_type: by(state.issueTypes, (row) => row.type),
    issues_per_status: by(state.issueStatuses, (row) => row.status),
    issues_per_priority: by(state.priorities, (row) => row.priority),
    issues_per_severity: by(state.severities, (row) => row.severity),
    issues_per_owner: people((row) => row.owner),
    issues_per_assigned_to: people((row) => row.assigned_to),
    last_four_weeks_days: {
      by_open_closed: {
        open: countOn(days, issues, (row) => row.created_date),
        closed: countOn(days, issues, (row) => row.finished_date),
      },
      by_severity: perDay(state.severities, issues, days, (row) => row.severity),
      by_priority: perDay(state.priorities, issues, days, (row) => row.priority),
      by_status: {},
    },
  };
}

const isClosed = (state: State, { status }: Issue): boolean =>
  findById(state.issueStatuses, status)?.is_closed === true;

function countBy(
  issues: readonly Issue[],
  idOf: (issue: Issue) => number | null,
  describe: (id: number) => object,
) {
  const ids = new Set(issues.map(idOf).filter((id) => id !== null));
  return Object.fromEntries(
    [...ids].map((id) => [
      id,
      { count: issues.filter((issue) => idOf(issue) === id).length, ...describe(id) },
    ]),
  );
}

/** The last 28 days, oldest first, as `YYYY-MM-DD`. */
const listDays = (now: Date): string[] =>
  Array.from({ length: DAYS }, (_, index) =>
    new Date(now.getTime() - (DAYS - 1 - index) * DAY_MS).toISOString().slice(0, 10),
  );

const countOn = (
  days: readonly string[],
  issues: readonly Issue[],
  dateOf: (issue: Issue) => string | null,
): number[] =>
  days.map((day) => issues.filter((issue) => dateOf(issue)?.startsWith(day) === true).length);

/** Of each value, the issues that were open on each day. */
function perDay(
  rows: readonly Named[],
  issues: readonly Issue[],
  days: readonly string[],
  idOf: (issue: Issue) => number,
) {
  const ids = new Set(issues.map(idOf));
  const isOpenOn = (issue: Issue, day: string): boolean =>
    issue.created_date.slice(0, 10) <= day &&
    (issue.finished_date === null || issue.finished_date.slice(0, 10) > day);
  return Object.fromEntries(
    [...ids].map((id) => {
      const { name, color } = mustFind(rows, id);
      const own = issues.filter((issue) => idOf(issue) === id);
      const data = days.map((day) => own.filter((issue) => isOpenOn(issue, day)).length);
      return [id, { name, id, color, data }];
    }),
  );
}
