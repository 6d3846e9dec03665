import type { Clock, Logger } from "@taiga-mcp/service";
import type { Kv } from "@taiga-mcp/store";
import { Provider } from "oidc-provider";
import type { Config } from "../config.ts";
import type { RootKeys } from "../secrets/root-keys.ts";
import { createSealer } from "../secrets/seal.ts";
import {
  createPendingLogins,
  createUnusedClients,
  createUnusedDocuments,
} from "./records/anonymous-records.ts";
import type { KeyNames } from "../storage/key-names.ts";
import { createAccessTokens } from "./access-tokens.ts";
import { createBasicChallenge } from "./basic-challenge.ts";
import { createAdapterFactory } from "./records/adapter.ts";
import { createCodeRedemption } from "./single-use/code-redemption.ts";
import { renderErrorPage, toConfiguration } from "./configuration.ts";
import { createDocumentClients } from "./records/document-clients.ts";
import {
  countEngineEvents,
  type CountEvent,
  logEngineEvents,
  type OnGrantUsed,
  reportGrantUse,
} from "./events.ts";
import { createFailures } from "./failures.ts";
import { createOutcomeCookie } from "./interactions/outcome-cookie.ts";
import { createFlowSession } from "./interactions/flow-session.ts";
import { createWithdrawnRedirect } from "./interactions/withdrawn-redirect.ts";
import { createGrantScopeStore } from "./records/grant-scope.ts";
import { createGrantLimit } from "../grants/grant-limit.ts";
import { createInteractions } from "./interactions/interactions.ts";
import { createConnections } from "./records/connections.ts";
import { createDeferredDeletes } from "./records/deferred-deletes.ts";
import { createLifetimes } from "../grants/lifetimes.ts";
import type { AuthorizationEngine, ClientDocuments, RenderFailure } from "./boundary/ports.ts";
import { createRecordStore } from "./records/record-store.ts";
import { answerRegistration } from "./registration-answer.ts";
import { toRecordKind } from "./records/records.ts";
import { createKeptAnswers } from "./single-use/kept-answers.ts";
import { createRefreshGrace } from "./single-use/refresh-grace.ts";
import { createRefreshTokens } from "./single-use/refresh-tokens.ts";
import { ROUTES } from "./routes.ts";

export interface EngineDeps {
  config: Pick<
    Config,
    "issuer" | "resource" | "accessLimit" | "tokens" | "grants" | "clients" | "login"
  >;
  kv: Kv;
  keys: KeyNames;
  /** Their derived keys seal records and sign cookies. */
  rootKeys: RootKeys;
  clock: Clock;
  logger: Logger;
  sleep: (ms: number) => Promise<void>;
  /** Whether the Taiga login behind a grant still works, as far as the store knows. */
  hasLiveLogin: (grantId: string) => Promise<boolean>;
  /** Deletes all records of a grant, by the key of its own record, and announces it. */
  endGrant: (grantKey: string) => Promise<void>;
  /** Left out, the server accepts no client ID metadata documents. */
  clientDocuments?: ClientDocuments | undefined;
  renderFailure: RenderFailure;
  countEvent?: CountEvent;
  /** Tells the resource servers that a grant has other limits now. Never rejects. */
  announceChange: (gid: string) => Promise<void>;
  /** Called when a client has received tokens of a grant. Must not throw. */
  onGrantUsed?: OnGrantUsed;
}

/**
 * The protocol engine: oidc-provider on our store, with our rules around it.
 *
 * How a request and its records find each other. A record's key is its kind and the SHA-256 of its
 * id (storage/key-names.ts), and the request carries that id or leads to it:
 *
 * - GET /authorize: `client_id` leads to `client:`, or to the client's metadata document, of which
 *   a copy is written to `cimd:`. Written: an interaction, `ix:`. The browser gets its uid in two
 *   signed cookies: one for the page, /interaction/<cid>, and one for /authorize/<uid>, where it
 *   returns.
 * - Login: the page's cookie leads to `ix:`, and the page writes the account into it. Back at
 *   /authorize/<uid>, oidc-provider writes a session, `sess:` (and `uid:`, which leads to it), and
 *   an interaction for the consent, with the same cid and the session's id inside; it deletes the
 *   first.
 * - Consent: the page writes `grant:`, with the user's limits, and its id into `ix:`. Back at
 *   /authorize/<uid>, `ix:` leads to `sess:` (flow-session.ts) and `grant:`. Written: `code:`, with
 *   the grant's id inside. The interaction is deleted; the session expires. The redirect is kept as
 *   `sent:` until the client has the code, for browsers that lose it (kept-answers.ts).
 * - POST /token with a code: `code:` leads to `grant:`, and that to `vault:`, the Taiga login. The
 *   request claims `code:`, extends both and the client's records, ends the user's oldest grants
 *   beyond the limit, writes `at:` and `rt:`, and marks its claim as answered.
 * - POST /token with a refresh token: `rt:` leads to `grant:` and `vault:`. The request claims
 *   `rt:`, writes the next `rt:` and an `at:`, and extends the same records. Then it stores the
 *   sealed answer beside the old `rt:`, for the grace, deletes the answer that the old `rt:` came
 *   with, and marks its claim as answered.
 * - Introspection: access-tokens.ts reads `at:`, then `grant:`, and nothing of the client.
 * - POST /revoke: `at:` or `rt:` leads to the grant's id. `endGrant` deletes all members of the
 *   index `g2t:` in one step: the grant, its codes, its tokens and its `vault:`.
 *
 * A deleted client ends all grants in its index `c2g:`; `u2g:` holds the grants of a user.
 */
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
  const refreshTokens = createRefreshTokens({ records, grace, lifetimes, ...config });
  const codes = recordsOf("AuthorizationCode");
  const codeRedemption = createCodeRedemption({
    records: codes,
    lifetimes,
    evictOldest: createGrantLimit({ ...deps, ...config.grants }),
    endGrant: (grantId) => deps.endGrant(keys.grant(grantId)),
    clock,
    sleep,
  });
  const deferredDeletes = createDeferredDeletes({ logger });
  const unused = { kv, keys, maximum: config.clients.maxUnused };
  const documentClients =
    deps.clientDocuments &&
    createDocumentClients({
      kv,
      keys,
      documents: deps.clientDocuments,
      unusedDocuments: createUnusedDocuments(unused),
    });
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
    currentRequest: () => Provider.ctx?.req,
    unusedClients: createUnusedClients(unused),
    pendingLogins: createPendingLogins({ kv, keys, maximum: config.login.maxPending }),
  });

  const withdrawnRedirect = createWithdrawnRedirect({
    documentClients,
    renderRefusal: (ctx, error) => {
      ctx.status = error.statusCode;
      provider.emit("authorization.error", ctx, error);
      return renderErrorPage(ctx, error, error, deps.renderFailure);
    },
  });
  const provider = new Provider(
    config.issuer,
    toConfiguration({ ...deps, ...config, adapter, documentClients, withdrawnRedirect }),
  );
  // The public app sets these headers to the issuer (`createPinAuthority`): they are trustworthy.
  provider.proxy = true;
  logEngineEvents(provider, logger);
  if (deps.countEvent !== undefined) countEngineEvents(provider, deps.countEvent);
  if (deps.onGrantUsed !== undefined) reportGrantUse(provider, deps.onGrantUsed);
  provider.use(
    createFailures({ ...deps, isForBrowser: (path) => path.startsWith(ROUTES.authorization) }),
  );
  provider.use(createBasicChallenge(config.issuer));
  provider.use(createFlowSession(provider, { authorizationPath: ROUTES.authorization }));
  provider.use(deferredDeletes.middleware);
  const keptAnswers = createKeptAnswers({
    ...deps,
    provider,
    sealer,
    codes,
    ttlSeconds: config.tokens.authorizationCodeTtlSeconds,
    authorizationPath: ROUTES.authorization,
  });
  provider.use(keptAnswers.middleware);
  provider.use(withdrawnRedirect.middleware);
  provider.use(answerRegistration);
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
      repeat: keptAnswers.repeat,
      endGrant: (grantId) => deps.endGrant(keys.grant(grantId)),
    }),
    connections: createConnections({
      ...deps,
      grants,
      clients: recordsOf("Client"),
      accessLimit,
    }),
    accessTokens: createAccessTokens({ tokens: recordsOf("AccessToken"), grants, accessLimit }),
  };
}
