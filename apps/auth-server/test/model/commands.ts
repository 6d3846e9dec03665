// Everything that can happen, in any order.
import fc from "fast-check";
import {
  deleteClient,
  logIn,
  redeem,
  redeemTogether,
  revoke,
  rotate,
  rotateTogether,
} from "./client-commands.ts";
import { kill, loseWrite, partition, wait } from "./machine-commands.ts";
import type { Loss } from "./replicas.ts";
import type { Command } from "./requests.ts";

const replica = fc.nat({ max: 1 });
const position = fc.nat({ max: 7 });
const loss = fc.record<Loss>({
  nthWrite: fc.integer({ min: 1, max: 14 }),
  isPerformed: fc.boolean(),
  outcome: fc.constantFrom("up", "down", "killed"),
});

/** Around the limits of codes and of the grace. */
const shortly = fc.oneof(
  fc.constantFrom(1, 5, 6, 10, 11, 29, 30, 31, 50, 59, 60, 61),
  fc.nat({ max: 40 }),
);
/** Around those of tokens and of idle logins. */
const long = fc.constantFrom(599, 600, 601, 3_600, 7_199, 7_200);

const somewhere = fc.option(replica, { nil: undefined, freq: 4 });

/** A command and how often it comes, so that there is something to break. */
const WEIGHTED: [number, fc.Arbitrary<Command>][] = [
  [5, fc.tuple(fc.boolean(), position, somewhere).map((choice) => logIn(...choice))],
  [4, fc.tuple(position, replica, fc.constant(true)).map((choice) => redeem(...choice))],
  [1, fc.tuple(position, replica, fc.constant(false)).map((choice) => redeem(...choice))],
  [1, position.map(redeemTogether)],
  [6, fc.tuple(position, replica, fc.constant(0)).map((choice) => rotate(...choice))],
  [4, fc.tuple(position, replica, fc.constantFrom(1, 2)).map((choice) => rotate(...choice))],
  [2, position.map(rotateTogether)],
  [1, fc.tuple(position, replica, fc.boolean()).map((choice) => revoke(...choice))],
  [1, position.map(deleteClient)],
  [5, shortly.map(wait)],
  [1, long.map(wait)],
  [1, replica.map(kill)],
  [1, fc.tuple(replica, fc.constant(true)).map((choice) => partition(...choice))],
  [2, fc.tuple(replica, fc.constant(false)).map((choice) => partition(...choice))],
  [5, fc.tuple(position, replica, replica, loss).map((choice) => loseWrite(...choice))],
];

export const COMMANDS = WEIGHTED.flatMap(([weight, command]) =>
  Array.from({ length: weight }, () => command),
);
