// How long tests wait for what must happen, in milliseconds. These limits end a run that hangs and
// measure nothing: on a busy machine everything takes many times as long as on an idle one.

/** For one thing to happen: an event, a line in a log, another answer. */
export const WAIT_MS = 30_000;

/** For a process to start, or for a program to run to its end. */
export const PROCESS_MS = 90_000;

/** For a whole test or hook, which may start and wait for several things in turn. */
export const TEST_MS = 300_000;
