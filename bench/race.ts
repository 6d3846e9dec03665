import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import type { Addresses } from "./targets.ts";

/** A server in a separate process. */
export interface Target extends Addresses {
  /** CPU time it has used so far. */
  cpuMicroseconds(): Promise<number>;
  stop(): void;
}

/** @param name of TARGETS */
export async function startTarget(name: string, env: Record<string, string> = {}): Promise<Target> {
  const file = new URL("target.ts", import.meta.url);
  const child = fork(file, [name], { env: { ...process.env, ...env } });
  const addresses = (await answerOf(child)) as Addresses;
  return {
    ...addresses,
    async cpuMicroseconds() {
      child.send("cpu");
      return ((await answerOf(child)) as { cpuMicroseconds: number }).cpuMicroseconds;
    },
    stop: () => void child.kill(),
  };
}

async function answerOf(child: ChildProcess): Promise<unknown> {
  const answered = new AbortController();
  const { signal } = answered;
  const [answer] = (await Promise.race([
    once(child, "message", { signal }),
    once(child, "exit", { signal }).then(([code]) => {
      throw new Error(`A target ended with ${code}.`);
    }),
  ]).finally(() => answered.abort())) as [unknown];
  return answer;
}

/** One kind of request to one server. */
export interface Contestant {
  name: string;
  target: Target;
  /** Each is one client that sends its requests one after the other; resolves when answered. */
  clients: readonly (() => Promise<void>)[];
  /** The maximum number of requests per turn, if the server limits them. */
  maxRequests?: number;
}

/** Medians over all turns. */
export interface Score {
  name: string;
  requestsPerSecond: number;
  /** CPU time of the server for one request. */
  cpuMicroseconds: number;
}

export interface RaceOptions {
  rounds: number;
  /** How long each contestant runs in a round. */
  turnMs: number;
}

/**
 * Runs all contestants in turns, several times, so that a temporarily slow machine is slow for
 * all. The first round is not counted: it compiles the code.
 */
export async function race(
  contestants: readonly Contestant[],
  { rounds, turnMs }: RaceOptions,
): Promise<Score[]> {
  const turns = new Map(contestants.map(({ name }) => [name, [] as Omit<Score, "name">[]]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const contestant of contestants) {
      const turn = await run(contestant, turnMs);
      if (round > 0) turns.get(contestant.name)?.push(turn);
    }
  }
  return [...turns].map(([name, all]) => ({
    name,
    requestsPerSecond: median(all.map((turn) => turn.requestsPerSecond)),
    cpuMicroseconds: median(all.map((turn) => turn.cpuMicroseconds)),
  }));
}

async function run(
  { target, clients, maxRequests = Infinity }: Contestant,
  turnMs: number,
): Promise<Omit<Score, "name">> {
  const cpuBefore = await target.cpuMicroseconds();
  const start = performance.now();
  let sent = 0;
  let answered = 0;
  await Promise.all(
    clients.map(async (request) => {
      while (performance.now() - start < turnMs && sent < maxRequests) {
        sent += 1;
        await request();
        answered += 1;
      }
    }),
  );
  const seconds = (performance.now() - start) / 1_000;
  return {
    requestsPerSecond: answered / seconds,
    cpuMicroseconds: ((await target.cpuMicroseconds()) - cpuBefore) / answered,
  };
}

const median = (numbers: number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
