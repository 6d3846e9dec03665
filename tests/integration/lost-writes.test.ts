// Loses, one at a time, every write of a login, of a token refresh and of a refresh at Taiga, in four
// ways: refused, or done without an answer, each also with a store that stays down until the retry.
// Clients and users retry and succeed; the store holds no incomplete records.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import {
  refresh,
  request,
  revoke,
  type Tokens,
} from "../../apps/auth-server/test/support/client.ts";
import { advance, stopClock } from "../../apps/auth-server/test/support/time.ts";
import { LOSSES } from "../support/lossy-kv.ts";
import {
  type LossySystem,
  RETRY_SECONDS,
  startLossySystem,
  WAYS,
} from "../support/lossy-system.ts";
import { exchangeToken } from "../support/outage-steps.ts";
import { startTaiga, type TaigaAddress } from "../support/outage-platform.ts";
import { untilAnswered } from "../support/patient-person.ts";

const DAY_SECONDS = 86_400;

/** Some of the writes of a login, from the page to the tokens; the tests must have lost these. */
const LOGIN_WRITES = [
  "set ix:",
  "set held:",
  "set sess:",
  "set grant:",
  "replace grant:",
  "set renew:",
  "set vault:",
  "set code:",
  "touch grant:",
  "set at:",
  "set rt:",
];

let taiga: TaigaAddress;
let lossy: LossySystem;

beforeAll(async () => {
  taiga = await startTaiga();
});
afterAll(() => taiga.close());

beforeEach(async () => {
  stopClock();
  lossy = await startLossySystem(taiga);
});
afterEach(async () => {
  await lossy.stop();
  vi.useRealTimers();
});

/** As the resource server does: exchanges the access token for Taiga's token and calls Taiga. */
async function reachTaiga(token: string): Promise<void> {
  const answer = await untilAnswered(() => exchangeToken(lossy.system, token), lossy.wait);
  expect([answer.status, answer.json["error"]]).toEqual([200, undefined]);
  const me = await request(`${taiga.url}/users/me`, {
    headers: { authorization: `Bearer ${String(answer.json["access_token"])}` },
  });
  expect(me.json["username"]).toBe("alice");
}

/** This login works, it is the only one, and the store is consistent. */
async function expectWhole(clientId: string, tokens: Tokens): Promise<void> {
  expect(await lossy.isActive(tokens.access_token)).toBe(true);
  const { faults, grantsInUse } = await lossy.examine();
  expect(faults).toEqual([]);
  expect(grantsInUse).toHaveLength(1);
  const { kv, keys } = lossy.system;
  expect(await kv.members(keys.clientGrants(clientId))).toContain(grantsInUse[0]);
}

describe.each(WAYS)("a store that loses one write (%s)", (loss) => {
  // @rule OUTAGE-10
  it("lets a login in progress continue where it was", async () => {
    const lost = await lossy.loseEachWrite(loss, async (nth) => {
      const { clientId } = await lossy.register();
      lossy.kv.lose(nth, loss);
      const { tokens, logins } = await lossy.logIn(clientId);
      await lossy.wait();
      expect(logins).toBe(1);
      await expectWhole(clientId, tokens);
      await revoke(lossy.system, clientId, tokens.refresh_token);
    });
    expect(lost).toEqual(expect.arrayContaining(LOGIN_WRITES));
  });

  // @rule OUTAGE-11
  it.each([RETRY_SECONDS, 40, 600])(
    "does not cost a refreshing client its login, also when it retries after %i seconds",
    async (seconds) => {
      lossy.retrySeconds = seconds;
      const { clientId } = await lossy.register();
      let { tokens } = await lossy.logIn(clientId);
      const again: number[] = [];
      const lost = await lossy.loseEachWrite(loss, async (nth) => {
        lossy.kv.lose(nth, loss);
        const answer = await lossy.refresh(clientId, tokens.refresh_token);
        await lossy.wait();
        if (answer === undefined) again.push(nth);
        tokens = answer ?? (await lossy.logIn(clientId)).tokens;
        await expectWhole(clientId, tokens);
      });
      expect(lost).toEqual(expect.arrayContaining(["set rt:", "set at:", "touch vault:"]));
      // The last write records that the token was answered. A client that retries when the answer is
      // no longer cached then looks exactly like one that uses a stolen token.
      const isTooLate = seconds > 30 && LOSSES[loss].isPerformed;
      expect(again).toEqual(isTooLate ? [lost.length] : []);
    },
  );

  // @rule OUTAGE-11
  it("still detects a stolen refresh token", async () => {
    const { clientId } = await lossy.register();
    const { tokens } = await lossy.logIn(clientId);
    const stolen = tokens.refresh_token;
    lossy.kv.lose(2, loss);
    expect(await lossy.refresh(clientId, stolen)).toBeDefined();
    advance(40);
    expect((await refresh(lossy.system, clientId, stolen)).json["error"]).toBe("invalid_grant");
    expect((await lossy.examine()).grantsInUse).toEqual([]);
  });

  // @rule OUTAGE-12
  it.each([RETRY_SECONDS, 100])(
    "loses no Taiga login during its refresh, though Taiga's refresh tokens are single-use (%i seconds)",
    async (seconds) => {
      lossy.retrySeconds = seconds;
      const { clientId } = await lossy.register();
      let { tokens } = await lossy.logIn(clientId);
      const lost = await lossy.loseEachWrite(loss, async (nth) => {
        // The stored Taiga token is about to expire.
        advance(DAY_SECONDS - 120);
        tokens = (await lossy.refresh(clientId, tokens.refresh_token))!;
        lossy.kv.lose(nth, loss);
        await reachTaiga(tokens.access_token);
        await lossy.wait();
        await expectWhole(clientId, tokens);
      });
      expect(lost).toEqual(expect.arrayContaining(["setIfAbsent vlock:", "replace vault:"]));
    },
  );
});
