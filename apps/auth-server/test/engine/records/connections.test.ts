import { systemClock } from "@taiga-mcp/service";
import { createSqliteKv, type Kv } from "@taiga-mcp/store";
import { beforeEach, describe, expect, it } from "vitest";
import type { Connections, GrantScope } from "../../../src/engine/boundary/ports.ts";
import { createConnections } from "../../../src/engine/records/connections.ts";
import { createRecordStore } from "../../../src/engine/records/record-store.ts";
import { toRecordKind } from "../../../src/engine/records/records.ts";
import { createSealer } from "../../../src/secrets/seal.ts";
import { createKeyNames, hash } from "../../../src/storage/key-names.ts";
import { createRootKeys } from "../../support/root-keys.ts";

const keys = createKeyNames("https://taiga.example.com/api/v1");
const ALICE = "taiga.7";

let kv: Kv;
let ended: string[];
let announced: string[];
let connections: Connections;

const storeOf = (model: string) =>
  createRecordStore({
    kv,
    sealer: createSealer(createRootKeys(4), "engine"),
    clock: systemClock,
    kind: toRecordKind(model, keys),
  });

const addGrant = (id: string, limits: GrantScope | undefined, accountId = ALICE) =>
  storeOf("Grant").write(
    id,
    { accountId, clientId: "client", iat: 1_790_000_000, ...(limits && { limits }) },
    3_600,
  );

beforeEach(() => {
  kv = createSqliteKv({ file: ":memory:", clock: systemClock });
  ended = [];
  announced = [];
  connections = createConnections({
    kv,
    keys,
    grants: storeOf("Grant"),
    clients: storeOf("Client"),
    accessLimit: "write",
    endGrant: async (key) => void ended.push(key),
    announceChange: async (gid) => void announced.push(gid),
  });
});

describe("limiting a connection", () => {
  // @rule ACC-5
  it.each<[string, GrantScope, GrantScope, string]>([
    [
      "fewer projects",
      { access: "write", projects: [1, 2] },
      { access: "write", projects: [2] },
      "narrowed",
    ],
    [
      "the same",
      { access: "write", projects: [1, 2] },
      { access: "write", projects: [2, 1] },
      "narrowed",
    ],
    [
      "some of all projects",
      { access: "write", projects: "all" },
      { access: "read", projects: [3] },
      "narrowed",
    ],
    [
      "another project",
      { access: "write", projects: [1, 2] },
      { access: "read", projects: [2, 3] },
      "wider",
    ],
    [
      "all projects",
      { access: "write", projects: [1, 2] },
      { access: "read", projects: "all" },
      "wider",
    ],
    [
      "a higher level",
      { access: "read", projects: "all" },
      { access: "write", projects: [1] },
      "wider",
    ],
  ])("to %s", async (_to, before, after, outcome) => {
    await addGrant("one", before);
    expect(await connections.narrow(ALICE, hash("one"), after)).toBe(outcome);
    const [{ limits } = { limits: undefined }] = await connections.list(ALICE);
    expect(limits).toEqual(outcome === "narrowed" ? after : before);
    expect(announced).toEqual(outcome === "narrowed" ? [hash("one")] : []);
  });

  // @rule ACC-4
  it("finds none of another account, of one that has ended, or without limits", async () => {
    await addGrant("bobs", { access: "write", projects: "all" }, "taiga.8");
    await addGrant("new", undefined);
    for (const id of ["bobs", "new", "gone"]) {
      const gid = hash(id);
      const limits = { access: "read", projects: "all" } as const;
      expect(await connections.narrow(ALICE, gid, limits)).toBe("gone");
      expect(await connections.end(ALICE, gid)).toBe(false);
      expect(await connections.find(ALICE, gid)).toBeUndefined();
    }
    expect(await connections.list(ALICE)).toEqual([]);
    expect([ended, announced]).toEqual([[], []]);
  });
});

it("shows the operator's limit of today, and a client whose registration is gone", async () => {
  await addGrant("one", { access: "delete", projects: "all" });
  expect(await connections.list(ALICE)).toEqual([
    {
      gid: hash("one"),
      client: { id: "client", name: undefined, documentHost: undefined, redirectUris: [] },
      limits: { access: "write", projects: "all" },
      connectedAt: 1_790_000_000,
    },
  ]);
});

it("reads a client of many grants once", async () => {
  await storeOf("Client").write("client", { client_name: "App", redirect_uris: ["app:/x"] });
  for (const id of ["one", "two", "three"]) await addGrant(id, { access: "read", projects: "all" });
  let reads = 0;
  const clients = { read: async () => void (reads += 1) as undefined };
  const counting = createConnections({
    kv,
    keys,
    grants: storeOf("Grant"),
    clients,
    accessLimit: "write",
    endGrant: async () => undefined,
    announceChange: async () => undefined,
  });
  expect(await counting.list(ALICE)).toHaveLength(3);
  expect(reads).toBe(1);
  const all: string[] = [];
  for await (const { gid } of counting.all()) all.push(gid);
  expect([all.length, reads]).toEqual([3, 2]);
  expect((await connections.list(ALICE))[0]?.client.name).toBe("App");
});
