import { toDay, toTimestamp, type Context } from "../model/context.ts";
import { findByUsername } from "../model/rows.ts";
import type { Day, Project, State, Timestamp, User } from "../model/state.ts";
import type { Moment } from "./seed.ts";

const DAY_MS = 86_400_000;

/** The tables of a seed under construction, with lookups for its names and times. */
export interface Draft {
  state: State;
  /** The context for the rules; its clock shows the time that was last set. */
  context: Context;
  setClock: (moment: Moment) => void;
  /** @param days from the first day. */
  day: (days: number) => Day;
  /** Defaults to the time of the seeding. */
  at: (moment?: Moment) => Timestamp;
  /** @throws {Error} when no user has this name. */
  user: (username: string) => User;
}

/** @param now the time of the seeding. */
export function createDraft(state: State, now: Date): Draft {
  const day = (days: number): Day => toDay(new Date(now.getTime() + days * DAY_MS));
  const toDate = ([days, time]: Moment) => new Date(`${day(days)}T${time}:00Z`);
  let time = now;
  return {
    state,
    context: { state, clock: () => time },
    setClock: (moment) => {
      time = toDate(moment);
    },
    day,
    at: (moment) => toTimestamp(moment === undefined ? now : toDate(moment)),
    user: (username) => findByUsername(state, username),
  };
}

/**
 * A project's value by its name; null when no name is given.
 *
 * @throws {Error} when the project does not have it.
 */
export function idNamed(
  rows: readonly { id: number; project: number; name: string }[],
  project: Project,
  name: string | undefined,
): number | null {
  if (name === undefined) return null;
  const row = rows.find((candidate) => candidate.project === project.id && candidate.name === name);
  if (row === undefined) throw new Error(`${project.name} has nothing called ${name}.`);
  return row.id;
}
