import { type Clock, systemClock, UnavailableError } from "@taiga-mcp/service";
import type { Kv } from "@taiga-mcp/store";
import type { TaigaClient } from "@taiga-mcp/taiga-client";
import path from "node:path";
import type { Config } from "../config.ts";
import { CALLBACK_PATH } from "../pages/application-step.ts";
import type { RootKeys } from "../secrets/root-keys.ts";
import type { RevocationFeed } from "../grants/revocation-feed.ts";
import { NO_CREDENTIAL, probeTaiga } from "./probe-taiga.ts";
import type { Installation } from "./installation.ts";

/** The operator waits for the answer; a Taiga that takes longer counts as timed out. */
const TAIGA_TIMEOUT_MS = 12_000;

export interface InspectInstallationDeps {
  config: Config;
  version: string;
  /** Epoch seconds. */
  startedAt: number;
  /** The store's. */
  clock: Clock;
  store: Pick<Kv, "inspect">;
  rootKeys: Pick<RootKeys, "isFresh" | "refresh">;
  /** Creates a Taiga client for a credential. */
  connect: (
    credential: typeof NO_CREDENTIAL,
    signal: AbortSignal,
  ) => { users: Pick<TaigaClient["users"], "me"> };
  revocations: Pick<RevocationFeed, "memberCount">;
}

/** Reports the configuration of this installation and checks store and Taiga. Contains no secrets. */
export const createInspectInstallation =
  (deps: InspectInstallationDeps): (() => Promise<Installation>) =>
  async () => {
    const { config, version, startedAt } = deps;
    const { login } = config;
    const hasProxy = config.taigaConnection.proxy !== undefined;
    const taiga = deps.connect(NO_CREDENTIAL, AbortSignal.timeout(TAIGA_TIMEOUT_MS));
    const [store, knowsKeys, answer] = await Promise.all([
      inspectStore(deps.store),
      readKeys(deps.rootKeys),
      probeTaiga(taiga, hasProxy),
    ]);
    return {
      version,
      startedAt,
      issuer: config.issuer,
      resource: config.resource,
      proxyCount: config.listeners.trustProxy,
      store: {
        ...toStorePlace(config.store),
        ...store,
        clockAheadSeconds: systemClock() - deps.clock(),
      },
      knowsKeys,
      taiga: { apiUrl: config.taigaApiUrl, webUrl: config.taigaWebUrl, hasProxy, ...answer },
      login: {
        ...(login.offersPassword && { passwordType: login.passwordType }),
        ...(login.applicationId !== undefined && {
          application: {
            id: login.applicationId,
            nextUrl: `${config.issuer}${CALLBACK_PATH}`,
          },
        }),
      },
      admission: {
        users: [...login.allowLists.users],
        emailDomains: [...login.allowLists.emailDomains],
      },
      accessLimit: config.accessLimit,
      takesClientDocuments: config.clients.takesDocuments,
      resourceServers: deps.revocations.memberCount(),
    };
  };

async function inspectStore(
  store: Pick<Kv, "inspect">,
): Promise<Pick<Installation["store"], "answers" | "weaknesses" | "unknown">> {
  try {
    const { weaknesses, unknown } = await store.inspect();
    return { answers: true, weaknesses: [...weaknesses], unknown: [...unknown] };
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    return { answers: false, weaknesses: [], unknown: [] };
  }
}

async function readKeys(rootKeys: Pick<RootKeys, "isFresh" | "refresh">): Promise<boolean> {
  if (rootKeys.isFresh()) return true;
  try {
    await rootKeys.refresh();
    return true;
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    return false;
  }
}

function toStorePlace({
  url,
  dataDir,
}: Config["store"]): Pick<Installation["store"], "kind" | "place"> {
  if (url === "sqlite:") {
    return { kind: "sqlite", place: path.join(dataDir, "auth-server.sqlite") };
  }
  // Everything before the last @ may be a password, possibly without URL encoding.
  return { kind: "redis", place: url.replace(/\/\/.*@/s, "//") };
}
