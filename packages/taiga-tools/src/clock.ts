/** Returns the current time in whole epoch seconds. Passed as a parameter, so that tests set it. */
export type Clock = () => number;

/** Today in UTC, `YYYY-MM-DD`, for comparison with Taiga's dates. */
export const toToday = (clock: Clock): string =>
  new Date(clock() * 1000).toISOString().slice(0, 10);
