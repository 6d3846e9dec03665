import { createLogger, systemClock } from "@taiga-mcp/service";
import { type Broadcast, createLocalBroadcast, createSqliteKv, type Kv } from "@taiga-mcp/store";
import { UnsecuredJWT } from "jose";
import { createCsrfKeys } from "../../src/secrets/cookie-keys.ts";
import { createSealer } from "../../src/secrets/seal.ts";
import { createCsrf } from "../../src/pages/csrf.ts";
import { createInteractionsRouter } from "../../src/pages/router.ts";
import { openKeyRing } from "../../src/secrets/key-ring.ts";
import { createRingRecord } from "../../src/secrets/ring-record.ts";
import { createKeyNames, toAccountId } from "../../src/storage/key-names.ts";
import { createRefreshSchedule } from "../../src/vault/refresh-schedule.ts";
import { createVault } from "../../src/vault/vault.ts";
import { type Answer, type Browser, type Pkce, toAuthorizeParams } from "./client.ts";
import { MASTER_KEYS, startSystem, type System, TAIGA_API_URL } from "./system.ts";

export const KEYS = createKeyNames(TAIGA_API_URL);
const USERS: Readonly<Record<string, number>> = { alice: 7, bob: 8 };

/** When Taiga's tokens end: in a day, as real ones do, and all in the same second. */
const TOMORROW = Math.floor(Date.now() / 1000) + 86_400;

const toTaigaToken = (username: string): string =>
  new UnsecuredJWT({ username }).setExpirationTime(TOMORROW).encode();

export interface WholeOptions {
  kv?: Kv;
  broadcast?: Broadcast;
  /** Of a replica: the address of the first. */
  issuer?: string;
}

/** All parts as main.ts joins them; only Taiga itself is pretended. */
export async function startWhole(options: WholeOptions = {}): Promise<System> {
  const clock = systemClock;
  const { kv = createSqliteKv({ file: ":memory:", clock }), broadcast = createLocalBroadcast() } =
    options;
  const logger = createLogger({ name: "test", level: "silent" });
  const record = createRingRecord({ kv, keys: KEYS, masterKeys: MASTER_KEYS, clock });
  const rootKeys = await openKeyRing({ record, broadcast, clock, logger });
  const vault = createVault({
    kv,
    seal: createSealer(rootKeys, "vault"),
    clock: systemClock,
    refresh: () => Promise.reject(new Error("Nothing needs to be refreshed here.")),
    whoIs: () => Promise.reject(new Error("Nobody needs to be asked about here.")),
    applicationTokens: { note: async () => {}, release: async () => {} },
    toAccountId: (userId) => toAccountId(TAIGA_API_URL, userId),
    ttlSeconds: 660,
    endGrant: () => Promise.reject(new Error("Taiga ends no login here.")),
    keys: KEYS,
    schedule: createRefreshSchedule({ kv, clock: systemClock, keys: KEYS }),
    logger,
  });
  const system = await startSystem({
    kv,
    broadcast,
    rootKeys,
    config: options.issuer === undefined ? {} : { issuer: options.issuer },
    vault,
    pages: (interactions, config) =>
      createInteractionsRouter({
        interactions,
        vault,
        password: {
          login: async ({ username, password }) => {
            const id = USERS[username];
            if (id === undefined || password !== "correct") {
              return { ok: false, reason: "wrong_credentials" };
            }
            const token = toTaigaToken(username);
            return {
              ok: true,
              account: {
                id,
                username,
                fullName: username,
                email: "",
                isEmailVerified: false,
                isActive: true,
              },
              credential: { scheme: "Bearer", token, refreshToken: "refresh" },
            };
          },
        },
        listOwnProjects: async () => [],
        csrf: createCsrf(createCsrfKeys(rootKeys)),
        allowLists: { users: [], emailDomains: [] },
        issuer: config.issuer,
        toAccountId: (userId) => toAccountId(TAIGA_API_URL, userId),
        accessLimit: config.accessLimit,
        taigaWebUrl: config.taigaWebUrl,
        mcpUrl: config.resource,
        logger,
        sleep: async () => undefined,
      }),
  });
  const close = async (): Promise<void> => {
    await rootKeys.close();
    await system.close();
  };
  return { ...system, close };
}

/** Opens the login page of a new authorization request. */
export async function openLogin(
  { issuer }: Pick<System, "issuer">,
  browser: Browser,
  clientId: string,
  pkce: Pkce,
): Promise<{ page: Answer; url: string }> {
  const params = toAuthorizeParams(clientId, pkce).toString();
  const started = await browser.open(`${issuer}/authorize?${params}`);
  const url = new URL(started.headers.get("location") ?? "", issuer).href;
  return { url, page: await browser.open(url) };
}

/** Fills in the form of a page whose action ends in `name`. */
export async function submitForm(
  { issuer }: Pick<System, "issuer">,
  browser: Browser,
  { text }: Answer,
  url: string,
  name: string,
  fields: Record<string, string>,
): Promise<{ page: Answer; leftFor: URL | undefined }> {
  const form = text.split("<form").find((part) => part.includes(`/${name}"`)) ?? "";
  const csrf = /name="csrf" value="([^"]+)"/.exec(form)?.[1] ?? "";
  return await browser.follow(`${url}/${name}`, {
    method: "POST",
    headers: { origin: issuer },
    body: new URLSearchParams({ csrf, ...fields }),
  });
}
