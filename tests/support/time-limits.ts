// How long tests wait for expected events, in milliseconds. These limits only end a hanging run and
// measure nothing: a busy machine is many times slower than an idle one.

/** For one event: a log line, a changed answer. */
export const WAIT_MS = 30_000;

/** For a process to start, or for a program to run to its end. */
export const PROCESS_MS = 90_000;

/** For a whole test or hook, which may start and wait for several things in turn. */
export const TEST_MS = 300_000;
