import type { State } from "./state.ts";

/** The context of rules and routes. */
export interface Context {
  state: State;
  clock: () => Date;
}

/** A time as Taiga writes it: UTC with milliseconds, which are left out when they are zero. */
export const toTimestamp = (date: Date): string => date.toISOString().replace(".000Z", "Z");

/** The day of a time, in UTC. */
export const toDay = (date: Date): string => date.toISOString().slice(0, 10);
