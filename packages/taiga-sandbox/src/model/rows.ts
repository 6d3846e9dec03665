import type { Project, State, User } from "./state.ts";

/** The next id of a table. An id is never reused, even when the insert then fails. */
export function allocateId(state: State, table: string): number {
  const id = (state.lastIds[table] ?? 0) + 1;
  state.lastIds[table] = id;
  return id;
}

/** The next #number of a project, shared by its epics, stories, tasks and issues. */
export function allocateRef(state: State, project: Project): number {
  // A seed may have given a number to an item already. No set is built: seeds make thousands of items.
  const isTaken = (item: { project: number; ref: number }): boolean =>
    item.ref === project.last_ref && item.project === project.id;
  const tables = [state.epics, state.userstories, state.tasks, state.issues];
  do project.last_ref += 1;
  while (tables.some((rows: { project: number; ref: number }[]) => rows.some(isTaken)));
  return project.last_ref;
}

/** A board position after all others: the time in microseconds, unique over all calls. */
export function allocateOrder(state: State, now: Date): number {
  state.lastOrder = Math.max(state.lastOrder + 1, now.getTime() * 1000);
  return state.lastOrder;
}

/** The row with this id; `null` and unknown ids give undefined. */
export function findById<Row extends { id: number }>(
  rows: readonly Row[],
  id: number | null | undefined,
): Row | undefined {
  return id === null || id === undefined ? undefined : rows.find((row) => row.id === id);
}

/**
 * The row that a foreign key references.
 *
 * @throws {Error} when it is missing: the tables are inconsistent, which is a bug in the sandbox.
 */
export function mustFind<Row extends { id: number }>(rows: readonly Row[], id: number): Row {
  const row = findById(rows, id);
  if (row === undefined) throw new Error(`A row with the id ${id} is referred to but missing.`);
  return row;
}

/** Rows of a table in the order that Taiga lists a project's values. */
export function inOrder<Row extends { order: number; id: number }>(rows: readonly Row[]): Row[] {
  return rows.toSorted((a, b) => a.order - b.order || a.id - b.id);
}

/** The rows of a table that belong to a project. */
export const ownRows = <Row extends { project: number }>(
  rows: readonly Row[],
  project: Project,
): Row[] => rows.filter((row) => row.project === project.id);

/** @throws {Error} when no user has this name. */
export function findByUsername(state: State, username: string): User {
  const user = state.users.find((row) => row.username === username);
  if (user === undefined) throw new Error(`No user has the name ${username}.`);
  return user;
}
