import type { Announced, Announcement } from "./announced.ts";
import type { State } from "./state.ts";

/** The context of rules and routes. */
export interface Context {
  state: State;
  clock: () => Date;
  /** Tells webhooks. */
  announce?: ((subject: Announced, announcement: Announcement) => void) | undefined;
  /** Takes the time that a real Taiga takes for a number of items in one request. */
  takeTime?: ((items: number) => Promise<void>) | undefined;
  /** What happens between the moment when a request has read a row and when it saves it. */
  beforeSave?: (() => Promise<void>) | undefined;
}

/**
 * A checked change that is not stored yet. It holds the whole row as it was read, and overwrites
 * what other requests have stored meanwhile, as Taiga's workers do.
 */
export type Save<Result> = () => Result;

/** Stores a checked change, after the pause that a test has asked for. */
export async function saveLater<Result>(context: Context, save: Save<Result>): Promise<Result> {
  await context.beforeSave?.();
  return save();
}

/** A time as Taiga writes it: UTC with milliseconds, which are left out when they are zero. */
export const toTimestamp = (date: Date): string => date.toISOString().replace(".000Z", "Z");

/** The day of a time, in UTC. */
export const toDay = (date: Date): string => date.toISOString().slice(0, 10);
