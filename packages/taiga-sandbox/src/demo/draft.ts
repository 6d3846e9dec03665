import { toDay, toTimestamp } from "../model/context.ts";
import type { Day, Project, State, Timestamp } from "../model/state.ts";
import { userNamed } from "./build-project.ts";

const DAY_MS = 86_400_000;

/** A time of a seed: so many days before or after the first day, at this time of day (UTC). */
export type Moment = readonly [days: number, time: string];

/** A project that is being filled, by names instead of ids. */
export interface Draft {
  state: State;
  project: Project;
  /** @param days from the first day. */
  day: (days: number) => Day;
  at: (moment: Moment) => Timestamp;
  /** @throws {Error} when nobody has this name. */
  userId: (username: string) => number;
  /** The rows of a table that belong to the project. */
  own: <Row extends { project: number }>(rows: readonly Row[]) => Row[];
}

/** @param now the moment of the seeding; only its day counts. */
export function createDraft(state: State, project: Project, now: Date): Draft {
  const day = (days: number): Day => toDay(new Date(now.getTime() + days * DAY_MS));
  return {
    state,
    project,
    day,
    at: ([days, time]) => toTimestamp(new Date(`${day(days)}T${time}:00Z`)),
    userId: (username) => userNamed(state, username).id,
    own: (rows) => rows.filter((row) => row.project === project.id),
  };
}
