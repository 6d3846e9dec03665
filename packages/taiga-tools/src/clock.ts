/** The current time as whole epoch seconds. A parameter everywhere, so that tests can move it. */
export type Clock = () => number;

/** The day it is in UTC, `YYYY-MM-DD`: what Taiga's own dates are compared with. */
export const toToday = (clock: Clock): string =>
  new Date(clock() * 1000).toISOString().slice(0, 10);
