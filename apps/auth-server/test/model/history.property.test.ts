// Clients that refresh at the same time on two replicas, lose answers and revoke, while the clocks move.
// Nothing of their order is known in advance: a checker looks at the recorded history afterwards.
// TOKEN_MODEL_RUNS sets the number of histories; a failure prints the seed, which TOKEN_MODEL_SEED
// repeats (the order in which the replicas work is new each time).
import fc from "fast-check";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  connect,
  introspect,
  postForm,
  refresh,
  type Tokens,
  toTokens,
} from "../support/client.ts";
import { nameSeed, planRuns } from "./runs.ts";
import { type Replicas, startReplicas } from "./replicas.ts";

const RUNS = planRuns(8);

/** What a client does next. */
interface Step {
  /** How far the clocks move before it. */
  seconds: number;
  /** Where it sends the same request, and whether the answer gets lost. */
  requests: { at: number; isLost: boolean }[];
}

interface Script {
  /** In each round all clients work at once; the clocks move by minutes between two rounds. */
  rounds: Step[][];
  /** After this many steps another program of the user revokes the login; beyond the end, none does. */
  revokedAfter: number;
}

/** The steps of a round move the clocks by less than the grace, so that every retry is in time. */
const MAX_STEPS = 4;
const MAX_SECONDS = 2;
const CLIENTS = 3;

/** One request as its client saw it; the numbers are positions in the order of all events. */
interface Entry {
  sent: string;
  began: number;
  ended: number;
  isLost: boolean;
  status: number;
  error: unknown;
  tokens: Tokens | undefined;
}

interface History {
  refreshes: Entry[];
  /** The position at which the revocation had been answered. */
  revoked: { began: number; ended: number } | undefined;
  first: Tokens;
  last: Tokens;
}

const step: fc.Arbitrary<Step> = fc.record({
  seconds: fc.nat({ max: MAX_SECONDS }),
  requests: fc.array(fc.record({ at: fc.nat({ max: 1 }), isLost: fc.boolean() }), {
    minLength: 1,
    maxLength: 3,
  }),
});

const script: fc.Arbitrary<Script> = fc.record({
  rounds: fc.array(fc.array(step, { maxLength: MAX_STEPS }), { minLength: 2, maxLength: 2 }),
  revokedAfter: fc.nat({ max: 4 * MAX_STEPS }),
});

let real: Replicas;
beforeAll(async () => {
  real = await startReplicas([60, -60], () => delay(Math.random() * 3));
});
afterAll(() => real.close());

function createClient(
  clientId: string,
  first: Tokens,
  { revokedAfter }: Script,
  next: () => number,
) {
  const history: History = { refreshes: [], revoked: undefined, first, last: first };
  const stragglers: Promise<unknown>[] = [];
  let steps = 0;

  async function ask(at: number, isLost: boolean): Promise<Entry> {
    const sent = history.last.refresh_token;
    const began = next();
    const issuer = real.replicas[at === 0 ? 0 : 1].url;
    const answer = await refresh({ issuer }, clientId, sent);
    const tokens = answer.status === 200 ? toTokens(answer) : undefined;
    const ended = next();
    const { status, json } = answer;
    const entry = { sent, began, ended, isLost, status, error: json["error"], tokens };
    history.refreshes.push(entry);
    return entry;
  }

  async function revoke(): Promise<void> {
    const began = next();
    const form = { client_id: clientId, token: history.first.access_token };
    const { status } = await postForm(`${real.replicas[1].url}/revoke`, form);
    expect(status).toBe(200);
    history.revoked = { began, ended: next() };
  }

  return {
    history,
    run: async (round: Step[]): Promise<void> => {
      for (const { seconds, requests } of round) {
        real.advance(seconds);
        if (steps === revokedAfter) stragglers.push(revoke());
        steps += 1;
        const asked = requests.map(({ at, isLost }) => ({ isLost, answer: ask(at, isLost) }));
        stragglers.push(...asked.filter(({ isLost }) => isLost).map(({ answer }) => answer));
        const heard = asked.filter(({ isLost }) => !isLost).map(({ answer }) => answer);
        const answers = await Promise.all(heard);
        const got = answers.find(({ tokens }) => tokens !== undefined)?.tokens;
        if (got !== undefined) history.last = got;
      }
      await Promise.all(stragglers);
    },
    /** A client without an answer asks again, before the grace ends. */
    retry: async (): Promise<void> => {
      const answer = await ask(0, false);
      if (answer.tokens !== undefined) history.last = answer.tokens;
    },
  };
}

/** The rules that every history must keep. */
async function checkHistory({ refreshes, revoked, first, last }: History): Promise<void> {
  const bySent = Map.groupBy(refreshes, ({ sent }) => sent);
  for (const [, entries] of bySent) {
    const answers = entries.flatMap(({ tokens }) => (tokens ? [JSON.stringify(tokens)] : []));
    expect(new Set(answers).size, "one token has one successor").toBeLessThanOrEqual(1);
  }
  for (const { status, error, isLost, began, ended, sent } of refreshes) {
    if (revoked !== undefined && began > revoked.ended) {
      expect([status, error], "after the revocation").toEqual([400, "invalid_grant"]);
    }
    // A lost request may arrive when its client has moved on.
    const isLate = isLost && refreshes.some((other) => other.sent !== sent && other.began < ended);
    if ((revoked === undefined || ended < revoked.began) && !isLate) {
      expect([status, error], "no login is lost").toEqual([200, undefined]);
    }
  }
  const received = refreshes.flatMap(({ tokens }) => (tokens ? [tokens] : []));
  for (const { access_token } of [first, ...received]) {
    const { json } = await introspect(real.system.url, access_token);
    if (revoked !== undefined) expect(json["active"], "after the revocation").toBe(false);
  }
  if (revoked === undefined) {
    const tokens = new Set([first, ...received].map(({ refresh_token }) => refresh_token));
    const unused = [...tokens].filter((token) => !bySent.has(token));
    expect(unused, "one living chain").toEqual([last.refresh_token]);
  }
}

describe("clients at two replicas whose clocks are two minutes apart", () => {
  // @rule GRANT-14 STORE-14
  it(
    "keep one chain of tokens each, and lose it only by revocation",
    { timeout: RUNS.timeoutMs },
    async () => {
      nameSeed(RUNS);
      await fc.assert(
        fc.asyncProperty(
          fc.array(script, { minLength: CLIENTS, maxLength: CLIENTS }),
          fc.nat({ max: 300 }),
          async (scripts, minutesApart) => {
            let events = 0;
            const clients = await Promise.all(
              scripts.map(async (each) => {
                const { clientId, tokens } = await connect({ issuer: real.system.url });
                return { each, ...createClient(clientId, tokens, each, () => (events += 1)) };
              }),
            );
            for (const round of [0, 1]) {
              await Promise.all(clients.map(({ each, run }) => run(each.rounds[round] ?? [])));
              await Promise.all(clients.map(({ retry }) => retry()));
              real.advance(minutesApart);
            }
            for (const { history } of clients) await checkHistory(history);
            expect(events).toBeGreaterThan(2 * CLIENTS);
          },
        ),
        RUNS.parameters,
      );
    },
  );
});
