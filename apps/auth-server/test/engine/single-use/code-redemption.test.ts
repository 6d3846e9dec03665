import { createSqliteKv } from "@taiga-mcp/store";
import { errors } from "oidc-provider";
import { beforeEach, describe, expect, it } from "vitest";
import { createSealer } from "../../../src/secrets/seal.ts";
import { createCodeRedemption } from "../../../src/engine/single-use/code-redemption.ts";
import { createRecordStore, type RecordStore } from "../../../src/engine/records/record-store.ts";
import { toRecordKind } from "../../../src/engine/records/records.ts";
import { createKeyNames } from "../../../src/storage/key-names.ts";
import {
  authorize,
  createPkce,
  exchangeCode,
  introspect,
  register,
  toAuthorizeParams,
} from "../../support/client.ts";
import { createRootKeys } from "../../support/root-keys.ts";
import { createTestKv } from "../../support/stores.ts";
import { startSystem } from "../../support/system.ts";

const code = { grantId: "g", clientId: "c", accountId: "a" };

describe("the use of an authorization code", () => {
  let now: number;
  let evictions: number;
  let records: RecordStore;
  let uses: ReturnType<typeof createCodeRedemption>;

  beforeEach(async () => {
    now = 1_000;
    evictions = 0;
    const clock = (): number => Math.floor(now);
    records = createRecordStore({
      kv: createSqliteKv({ file: ":memory:", clock }),
      sealer: createSealer(createRootKeys(1), "engine"),
      clock,
      kind: toRecordKind("AuthorizationCode", createKeyNames("http://localhost:3003/api/v1")),
    });
    uses = createCodeRedemption({
      records,
      lifetimes: { extendGrant: async () => {} },
      evictOldest: async () => void (evictions += 1),
      endGrant: async () => {},
      clock,
      // Waiting moves the clock.
      sleep: async (ms) => void (now += ms / 1_000),
    });
    await records.write("a-code", code, 60);
  });

  // oidc-provider would revoke the grant before it checks the redirect URI and the verifier.
  // @rule RFC6749-4.1.2-3
  it.each([false, true])("is hidden from the engine (answered: %s)", async (isAnswered) => {
    const consumed = { id: "x", startedAt: 1_000, isAnswered };
    await records.write("a-code", { ...code, consumed } as never, 60);
    expect(await uses.adapter.find("a-code")).toEqual({ ...code, jti: "a-code" });
  });

  it("is taken over after five seconds from a request that never answered", async () => {
    await uses.adapter.consume("a-code");
    const from = now;
    await uses.adapter.consume("a-code");
    expect(now - from).toBeGreaterThanOrEqual(6);
  });

  // @rule RFC6749-4.1.2-1
  it("happens once, however late a second request checks", async () => {
    const consumed = { id: "x", startedAt: 1_000, isAnswered: true };
    await records.write("a-code", { ...code, consumed } as never, 60);
    await expect(uses.adapter.consume("a-code")).rejects.toThrow(errors.InvalidGrant);
    await expect(uses.adapter.consume("unknown")).rejects.toThrow(errors.InvalidGrant);
  });

  // @rule RFC6749-4.1.2-3
  it("ends the user's oldest logins in the request that gets the code, and in no other", async () => {
    await uses.adapter.consume("a-code");
    expect(evictions).toBe(1);
    const { consumed } = (await records.read("a-code")) ?? {};
    await records.rewrite("a-code", {
      ...code,
      consumed: { ...(consumed as object), isAnswered: true },
    } as never);
    await expect(uses.adapter.consume("a-code")).rejects.toThrow(errors.InvalidGrant);
    expect(evictions).toBe(1);
  });
});

describe("a code", () => {
  // @rule OUTAGE-11
  it.each(["at:", "rt:", "code:"])(
    "can be sent again when writing %s failed, and cannot be redeemed after that",
    async (prefix) => {
      const kv = createTestKv();
      const system = await startSystem({ kv });
      try {
        const clientId = await register(system);
        const pkce = createPkce();
        const sent = await authorize(system, toAuthorizeParams(clientId, pkce));
        const redeem = () => exchangeCode(system, clientId, sent.get("code") ?? "", pkce);
        const writes = ["set", "compareAndSet"];
        kv.failsOn = (method, key) => writes.includes(method) && key.startsWith(prefix);
        expect((await redeem()).json["error"]).toBe("temporarily_unavailable");
        kv.failsOn = undefined;
        const answer = await redeem();
        expect(answer.status).toBe(200);
        expect((await redeem()).json["error"]).toBe("invalid_grant");
        const info = await introspect(system.issuer, String(answer.json["access_token"]));
        expect(info.json["active"]).toBe(true);
      } finally {
        await system.close();
      }
    },
  );
});
