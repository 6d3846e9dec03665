// What machines, networks and clocks do.
import { expect } from "vitest";
import { introspect } from "../support/client.ts";
import {
  expectedOfCode,
  expectedOfRefresh,
  type Link,
  type Login,
  receive,
} from "./login-model.ts";
import { CODE_SECONDS, GRANT_SECONDS, type Loss, type Replicas } from "./replicas.ts";
import {
  checkTokens,
  choose,
  type Command,
  expectRefusal,
  hasLogin,
  pick,
  redeemAt,
  refreshAt,
} from "./requests.ts";

export const wait = (seconds: number): Command => ({
  check: () => true,
  run: async (_model, real) => real.advance(seconds),
  toString: () => `wait(${seconds} s)`,
});

export const kill = (at: number): Command => ({
  check: () => true,
  run: async (_model, { replicas }) => await pick(replicas, at).restart(),
  toString: () => `kill(replica ${at})`,
});

export const partition = (at: number, isCut: boolean): Command => ({
  check: () => true,
  run: async (_model, { replicas }) => {
    pick(replicas, at).isCut = isCut;
  },
  toString: () => `${isCut ? "cut" : "join"}(replica ${at})`,
});

/** Longer than a request may hold up another. */
const RETRY_SECONDS = 6;

/**
 * A request whose write is lost, or whose process dies. The client gets an error or nothing, and
 * sends the same again, perhaps to the other replica: a refresh must succeed then. A code may have
 * been redeemed for the first request, if nobody knows that its answer was lost.
 */
export const loseWrite = (position: number, at: number, retryAt: number, loss: Loss): Command => ({
  check: hasLogin,
  run: async (model, real) => {
    const login = choose(model, position, ({ isEnded }) => !isEnded);
    const link = login.chain.at(-1);
    const isRefresh = link !== undefined;
    const from = real.now();
    const expected = isRefresh
      ? expectedOfRefresh(login, link, from)
      : expectedOfCode(login, from, true);
    const replica = pick(real.replicas, at);
    const endsAt = isRefresh ? link.issuedAt + GRANT_SECONDS : login.issuedAt + CODE_SECONDS;
    const isTooLate = from + RETRY_SECONDS >= endsAt;
    if (expected !== "new" || replica.isCut || isTooLate) return;
    const ask = isRefresh ? refreshAt(login, link) : redeemAt(login);
    replica.lose(loss);
    const first = await ask(replica);
    await replica.recover();
    real.advance(RETRY_SECONDS);
    const other = pick(real.replicas, retryAt);
    const retryReplica = other.isCut ? replica : other;
    const isHandled = first.status === 503 && loss.outcome !== "killed" && retryReplica === replica;
    const retry = await ask(retryReplica);
    const used = { earliest: from, latest: real.now() };
    if (isRefresh) {
      expect(retry.status).toBe(200);
      if (first.status === 200) expect(retry.json).toEqual(first.json);
      link.used = { ...used, answer: receive(login, retry, real.now()) };
      // The answer may be the first request's.
      const [newest] = login.chain.slice(-1);
      const [access] = login.accessTokens.slice(-1);
      if (newest && access && Number(retry.json["expires_in"]) > 0)
        await adopt(real, newest, access);
    } else if (retry.status === 200) {
      login.redeemed = used;
      receive(login, retry, real.now());
    } else {
      expect(isHandled).toBe(false);
      expectRefusal(login, retry);
      if (first.status === 200 && loss.outcome !== "killed") receive(login, first, from);
      login.redeemed = { earliest: from, latest: from };
    }
    await checkTokens(real, login);
  },
  toString: () =>
    `lose(${position}, replica ${at}, then ${retryAt}, write ${loss.nthWrite}${loss.isPerformed ? " done" : ""}, ${loss.outcome})`,
});

/** Reads from the server when the tokens of an answer end, which may be older than the answer. */
async function adopt(
  { system }: Replicas,
  link: Link,
  access: Login["accessTokens"][number],
): Promise<void> {
  const { json } = await introspect(system.url, access.token);
  access.expiresAt = Number(json["exp"]);
  link.issuedAt = Number(json["iat"]);
}
