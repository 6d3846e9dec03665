import { createLogger } from "@taiga-mcp/service";
import { createMemoryKv, type Kv } from "@taiga-mcp/store";
import { TaigaError } from "@taiga-mcp/taiga-client";
import { beforeEach, describe, expect, it } from "vitest";
import { createSealer } from "../../src/crypto/seal.ts";
import { createStorageKeys } from "../../src/storage/keys.ts";
import { createCredentialStore, type CredentialStore } from "../../src/vault/credential-store.ts";
import { createRenewalCalendar } from "../../src/vault/renewal-calendar.ts";
import { createSharedTokens, type SharedTokens } from "../../src/vault/shared-tokens.ts";
import { application } from "../interactions/browser.ts";
import { createRootKeys } from "../support/root-keys.ts";

const keys = createStorageKeys("https://taiga.example.com/api/v1");
const ACCOUNT = "taiga.5";
const ttl = { ttlSeconds: 600 };
const now = 1_790_000_000;

let kv: Kv;
let credentials: CredentialStore;
let tokens: SharedTokens;
let revoked: string[];
let taiga: () => void;

beforeEach(() => {
  const clock = () => now;
  const logger = createLogger({ name: "test", level: "silent" });
  revoked = [];
  taiga = () => {};
  kv = createMemoryKv({ clock });
  credentials = createCredentialStore({
    kv,
    seal: createSealer(createRootKeys(7), "vault"),
    clock,
    keys,
    calendar: createRenewalCalendar({ kv, clock, keys }),
    ttlSeconds: 600,
    logger,
    sleep: async () => {},
  });
  tokens = createSharedTokens({
    kv,
    keys,
    credentials,
    toAccountId: (userId) => `taiga.${userId}`,
    revokeAtTaiga: async ({ token }) => {
      revoked.push(token);
      taiga();
    },
    logger,
  });
});

/** What the engine and the vault leave in the store for a grant. */
async function grant(id: string, scheme: "Application" | "Bearer" | undefined): Promise<void> {
  const indexes = [keys.grantIndex(id), keys.accountGrants(ACCOUNT)];
  await kv.set(keys.grant(id), "{}", { ...ttl, indexes });
  if (scheme === undefined) return;
  const login = { scheme: "Bearer", token: "t", refreshToken: "r" } as const;
  await credentials.create(id, scheme === "Bearer" ? login : application);
}

const end = (id: string): Promise<void> => kv.deleteMembers(keys.grantIndex(id));

describe("release", () => {
  it("keeps Taiga's row while another grant of the user needs it: there is only one", async () => {
    await grant("one", "Application");
    await grant("two", "Application");
    await end("one");
    await tokens.release(application);
    expect(revoked).toEqual([]);
    await end("two");
    await tokens.release(application);
    expect(revoked).toEqual([application.token]);
  });

  it("is not kept from it by the user's logins with a password", async () => {
    await grant("other", "Bearer");
    await tokens.release(application);
    expect(revoked).toHaveLength(1);
  });

  it("waits for a login whose user has not consented yet, and for one that just has", async () => {
    const indexes = [keys.accountHeld(ACCOUNT)];
    await kv.set(keys.heldCredential("uid"), "sealed", { ...ttl, indexes });
    await tokens.release(application);
    await kv.delete(keys.heldCredential("uid"));
    await grant("new", undefined);
    await tokens.release(application);
    expect(revoked).toEqual([]);
  });

  it("leaves other users' tokens alone", async () => {
    await grant("ada's", "Application");
    await tokens.release({ ...application, userId: 6, token: "bob's" });
    expect(revoked).toEqual(["bob's"]);
  });

  it("has nothing to do for a login with a password: Taiga cannot end those", async () => {
    await tokens.release({ scheme: "Bearer", token: "t", refreshToken: "r" });
    expect(revoked).toEqual([]);
  });

  it("does not fail when Taiga is away: the token is gone here in any case", async () => {
    taiga = () => {
      throw new TaigaError("unavailable", "Taiga is away");
    };
    await expect(tokens.release(application)).resolves.toBeUndefined();
  });
});

it("finds a grant's credential by the key of the grant's record", async () => {
  await grant("one", "Application");
  expect(await tokens.find(keys.grant("one"))).toEqual(application);
  expect(await tokens.find(keys.grant("two"))).toBeUndefined();
});
