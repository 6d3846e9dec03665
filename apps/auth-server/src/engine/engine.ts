import type { Clock, Logger } from "@taiga-mcp/service";
import type { Kv } from "@taiga-mcp/store";
import { Provider } from "oidc-provider";
import type { Config } from "../config.ts";
import type { RootKeys } from "../secrets/root-keys.ts";
import { createSealer } from "../secrets/seal.ts";
import type { KeyNames } from "../storage/key-names.ts";
import { createAccessTokens } from "./access-tokens.ts";
import { createAdapterFactory } from "./records/adapter.ts";
import { createCodeRedemption } from "./single-use/code-redemption.ts";
import { toConfiguration } from "./configuration.ts";
import { createDocumentClients } from "./records/document-clients.ts";
import { countEngineEvents, type CountEvent, logEngineEvents } from "./events.ts";
import { createFailures } from "./failures.ts";
import { createOutcomeCookie } from "./interactions/outcome-cookie.ts";
import { createFlowSession } from "./interactions/flow-session.ts";
import { createGrantScopeStore } from "./records/grant-scope.ts";
import { createGrantLimit } from "../grants/grant-limit.ts";
import { createInteractions } from "./interactions/interactions.ts";
import { createDeferredDeletes } from "./records/deferred-deletes.ts";
import { createLifetimes } from "../grants/lifetimes.ts";
import type { AuthorizationEngine, ClientDocuments, RenderFailure } from "./boundary/ports.ts";
import { createRecordStore } from "./records/record-store.ts";
import { toRecordKind } from "./records/records.ts";
import { createRefreshGrace } from "./single-use/refresh-grace.ts";
import { createRefreshTokens } from "./single-use/refresh-tokens.ts";
import { ROUTES } from "./routes.ts";

export interface EngineDeps {
  config: Pick<Config, "issuer" | "resource" | "accessLimit" | "tokens" | "grants">;
  kv: Kv;
  keys: KeyNames;
  /** What seals records and signs cookies. */
  rootKeys: RootKeys;
  clock: Clock;
  logger: Logger;
  sleep: (ms: number) => Promise<void>;
  /** Whether the Taiga login behind a grant still works, as far as the store knows. */
  hasLiveLogin: (grantId: string) => Promise<boolean>;
  /** Deletes all that belongs to a grant, by the key of its record, and tells who must know. */
  endGrant: (grantKey: string) => Promise<void>;
  /** Clients known by a metadata document of their own; left out: they are not taken. */
  clientDocuments?: ClientDocuments | undefined;
  renderFailure: RenderFailure;
  countEvent?: CountEvent;
}

/** The protocol engine (oidc-provider) on our store, with our rules around it. */
export function createEngine(deps: EngineDeps): AuthorizationEngine {
  const { config, kv, keys, clock, logger, sleep } = deps;
  const sealer = createSealer(deps.rootKeys, "engine");
  const lifetimes = createLifetimes({ kv, keys, grantTtlSeconds: config.grants.grantTtlSeconds });
  const recordsOf = (model: string) =>
    createRecordStore({ kv, sealer, clock, kind: toRecordKind(model, keys) });
  const records = recordsOf("RefreshToken");
  const grants = recordsOf("Grant");
  const graceSeconds = config.tokens.refreshGraceSeconds;
  const grace = createRefreshGrace({ kv, keys, sealer, clock, records, graceSeconds, sleep });
  const refreshTokens = createRefreshTokens({ records, grace, lifetimes });
  const codeRedemption = createCodeRedemption({
    records: recordsOf("AuthorizationCode"),
    lifetimes,
    evictOldest: createGrantLimit({ ...deps, ...config.grants }),
    clock,
    sleep,
  });
  const deferredDeletes = createDeferredDeletes({ logger });
  const documentClients =
    deps.clientDocuments && createDocumentClients({ kv, keys, documents: deps.clientDocuments });
  const adapter = createAdapterFactory({
    kv,
    keys,
    sealer,
    clock,
    endGrant: deps.endGrant,
    codes: codeRedemption.adapter,
    deferredDeletes,
    refreshTokens: refreshTokens.adapter,
    documentClients,
    currentRoute: () => Provider.ctx?.oidc.route,
  });

  const provider = new Provider(
    config.issuer,
    toConfiguration({ ...deps, ...config, adapter, documentClients }),
  );
  // The public app pins these headers to the issuer (`createPinAuthority`), so they can be trusted.
  provider.proxy = true;
  logEngineEvents(provider, logger);
  if (deps.countEvent !== undefined) countEngineEvents(provider, deps.countEvent);
  provider.use(
    createFailures({ ...deps, isForBrowser: (path) => path.startsWith(ROUTES.authorization) }),
  );
  provider.use(createFlowSession(provider, { authorizationPath: ROUTES.authorization }));
  provider.use(deferredDeletes.middleware);
  provider.use(refreshTokens.middleware);
  provider.use(codeRedemption.middleware);
  const outcomeCookie = createOutcomeCookie({ provider, clock, issuer: config.issuer });
  provider.use(outcomeCookie.middleware);

  const handle = provider.callback();
  const { accessLimit } = config;
  return {
    handler: (req, res) => void handle(req, res),
    interactions: createInteractions({
      provider,
      accessLimit,
      limits: createGrantScopeStore(grants),
      lifetimes,
      resource: config.resource,
      outcome: outcomeCookie.outcome,
      endGrant: (grantId) => deps.endGrant(keys.grant(grantId)),
    }),
    accessTokens: createAccessTokens({ tokens: recordsOf("AccessToken"), grants, accessLimit }),
  };
}
