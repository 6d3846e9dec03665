/** The current time as whole epoch seconds. A parameter everywhere, so that tests can move it. */
export type Clock = () => number;

export const systemClock: Clock = () => Math.floor(Date.now() / 1000);
