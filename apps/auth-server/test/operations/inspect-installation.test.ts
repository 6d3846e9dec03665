import { systemClock, UnavailableError } from "@taiga-mcp/service";
import { TaigaError } from "@taiga-mcp/taiga-client";
import { expect, it } from "vitest";
import {
  createInspectInstallation,
  type InspectInstallationDeps,
} from "../../src/operations/inspect-installation.ts";
import { Installation } from "../../src/operations/installation.ts";
import { parseConfig } from "../../src/config.ts";

const SETTINGS = {
  MASTER_KEY: Buffer.alloc(32, 7).toString("base64url"),
  RS_CLIENT_SECRET: "a-secret-of-the-resource-server-of-forty",
  PUBLIC_URL: "https://taiga-mcp.example.com",
  TAIGA_API_URL: "https://taiga.example.com",
  STORE_URL: "redis://user:store-password@redis:6379/2",
  HTTPS_PROXY: "http://user:proxy-password@proxy:3128",
};

function inspect(
  settings: Record<string, string> = {},
  deps: Partial<InspectInstallationDeps> = {},
): Promise<Installation> {
  const refused = new TaigaError("token_not_valid", "Token is invalid", { status: 401 });
  return createInspectInstallation({
    config: parseConfig({ ...SETTINGS, ...settings }),
    version: "1.2.3",
    startedAt: 1000,
    clock: systemClock,
    store: { inspect: async () => ({ weaknesses: [], unknown: [] }) },
    rootKeys: { isFresh: () => true, refresh: async () => undefined },
    connect: () => ({
      users: { me: () => Promise.reject(refused) },
    }),
    revocations: { memberCount: () => 2 },
    ...deps,
  })();
}

it("matches the schema that the program reads, field by field", async () => {
  const installation = await inspect({ TAIGA_LOGIN: "both", TAIGA_APPLICATION_ID: "uuid" });
  expect(Installation.strict().parse(installation)).toEqual(installation);
  expect(installation).toMatchObject({
    issuer: "https://taiga-mcp.example.com",
    resource: "https://taiga-mcp.example.com/mcp",
    store: { kind: "redis", place: "redis://redis:6379/2", answers: true },
    taiga: { apiUrl: "https://taiga.example.com/api/v1", hasProxy: true, outcome: "ok" },
    login: {
      passwordType: "normal",
      application: { id: "uuid", nextUrl: "https://taiga-mcp.example.com/taiga/callback" },
    },
    resourceServers: 2,
  });
});

// @rule OPS-4
it("holds no secret", async () => {
  const text = JSON.stringify(await inspect());
  const { MASTER_KEY, RS_CLIENT_SECRET } = SETTINGS;
  for (const secret of [MASTER_KEY, RS_CLIENT_SECRET, "store-password", "proxy-password"]) {
    expect(text).not.toContain(secret);
  }
});

it.each([
  ["rediss+sentinel://user:p%40ss@one,two:26379/main/0", "rediss+sentinel://one,two:26379/main/0"],
  ["redis://:odd@pass@redis", "redis://redis"],
  ["redis://redis:6379", "redis://redis:6379"],
])("shows only the location of the store %s", async (url, place) => {
  expect((await inspect({ STORE_URL: url })).store.place).toBe(place);
});

it("names the file of a local store", async () => {
  const { store } = await inspect({ STORE_URL: "sqlite:", DATA_DIR: "/data" });
  expect(store).toMatchObject({ kind: "sqlite", place: "/data/auth-server.sqlite" });
});

it("reports a store that does not answer, instead of failing", async () => {
  const down = { inspect: () => Promise.reject(new UnavailableError("The store is away.")) };
  expect((await inspect({}, { store: down })).store).toMatchObject({ answers: false });
});

it.each([
  [true, false, true],
  [false, true, true],
  [false, false, false],
])(
  "reads the keys when they are stale (fresh %s, readable %s): %s",
  async (fresh, readable, known) => {
    const rootKeys = {
      isFresh: () => fresh,
      refresh: () =>
        readable ? Promise.resolve() : Promise.reject(new UnavailableError("They cannot be read.")),
    };
    expect((await inspect({}, { rootKeys })).knowsKeys).toBe(known);
  },
);

it("omits a login method that is not offered", async () => {
  const settings = { TAIGA_LOGIN: "application", TAIGA_APPLICATION_ID: "uuid" };
  expect((await inspect(settings)).login).not.toHaveProperty("passwordType");
  expect((await inspect()).login).not.toHaveProperty("application");
});
