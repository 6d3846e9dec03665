// Loses, one at a time and in four ways, every write of a registration, its change and deletion, and
// of a revocation; see lost-writes.test.ts. Deletion and revocation must end everything they cover.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { REDIRECT_URI, request, revoke } from "../../apps/auth-server/test/support/client.ts";
import { stopClock } from "../../apps/auth-server/test/support/time.ts";
import { type LossySystem, startLossySystem, WAYS } from "../support/lossy-system.ts";
import { startTaiga, type TaigaAddress } from "../support/outage-platform.ts";
import { untilAnswered } from "../support/patient-person.ts";

/** The kinds of records that only a login creates. */
const OF_GRANTS = ["at", "rt", "grant", "vault", "renew"];

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

describe.each(WAYS)("a store that loses one write (%s)", (loss) => {
  // @rule OUTAGE-13
  it("does not prevent revocation", async () => {
    const lost = await lossy.loseEachWrite(loss, async (nth) => {
      const { clientId } = await lossy.register();
      const { tokens } = await lossy.logIn(clientId);
      lossy.kv.lose(nth, loss);
      const answer = await untilAnswered(
        () => revoke(lossy.system, clientId, tokens.refresh_token),
        lossy.wait,
      );
      await lossy.wait();
      expect(answer.status).toBe(200);
      expect(await lossy.isActive(tokens.access_token)).toBe(false);
      const { faults, kinds } = await lossy.examine();
      expect(faults).toEqual([]);
      expect(kinds.filter((kind) => OF_GRANTS.includes(kind))).toEqual([]);
    });
    expect(lost).toEqual(["deleteMembers g2t:"]);
  });

  // @rule OUTAGE-14
  it("still lets clients register", async () => {
    // Each further registration of this network has the same writes; those of a newcomer differ.
    for (let index = 0; index < 5; index += 1) await lossy.register();
    const lost = await lossy.loseEachWrite(loss, async (nth) => {
      lossy.kv.lose(nth, loss);
      const { clientId } = await lossy.register();
      await lossy.wait();
      const { tokens } = await lossy.logIn(clientId);
      expect(await lossy.isActive(tokens.access_token)).toBe(true);
      expect((await lossy.examine()).faults).toEqual([]);
      await revoke(lossy.system, clientId, tokens.refresh_token);
    });
    expect(lost).toEqual(expect.arrayContaining(["set client:", "set rat:"]));
  });

  // @rule OUTAGE-14
  it("still lets clients change their registration, and keeps their logins", async () => {
    const { clientId, uri, authorization } = await lossy.register();
    const { tokens } = await lossy.logIn(clientId);
    const lost = await lossy.loseEachWrite(loss, async (nth) => {
      lossy.kv.lose(nth, loss);
      const body = {
        client_id: clientId,
        client_name: `Name ${nth}`,
        redirect_uris: [REDIRECT_URI],
      };
      const answer = await untilAnswered(
        () =>
          request(uri, {
            method: "PUT",
            headers: { authorization, "content-type": "application/json" },
            body: JSON.stringify(body),
          }),
        lossy.wait,
      );
      await lossy.wait();
      expect([answer.status, answer.json["client_name"]]).toEqual([200, `Name ${nth}`]);
      const read = await request(uri, { headers: { authorization } });
      expect(read.json["client_name"]).toBe(`Name ${nth}`);
      expect((await lossy.examine()).faults).toEqual([]);
    });
    expect(lost).toEqual(["replace client:"]);
    expect(await lossy.isActive(tokens.access_token)).toBe(true);
  });

  // @rule OUTAGE-13
  it("still lets clients delete their registration and all their grants", async () => {
    const lost = await lossy.loseEachWrite(loss, async (nth) => {
      const { clientId, uri, authorization } = await lossy.register();
      await lossy.logIn(clientId);
      const { tokens } = await lossy.logIn(clientId);
      lossy.kv.lose(nth, loss);
      const answer = await untilAnswered(
        () => request(uri, { method: "DELETE", headers: { authorization } }),
        lossy.wait,
      );
      await lossy.wait();
      // 401: the first attempt deleted the registration, so its token is unknown.
      expect([204, 401]).toContain(answer.status);
      expect(await lossy.isActive(tokens.access_token)).toBe(false);
      const { faults, kinds } = await lossy.examine();
      expect(faults).toEqual([]);
      expect(kinds.filter((kind) => [...OF_GRANTS, "client", "rat"].includes(kind))).toEqual([]);
    });
    expect(lost.slice(0, 3)).toEqual([
      "deleteMembers g2t:",
      "deleteMembers g2t:",
      "deleteMembers c2r:",
    ]);
  });
});
