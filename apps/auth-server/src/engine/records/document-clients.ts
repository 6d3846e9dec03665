import type { Kv } from "@taiga-mcp/store";
import {
  type AdapterPayload,
  type Configuration,
  errors,
  type KoaContextWithOIDC,
  Provider,
} from "oidc-provider";
import type { BoundedRecords } from "../../storage/bounded-records.ts";
import type { KeyNames } from "../../storage/key-names.ts";
import { ClientDocumentError } from "../boundary/client-document-error.ts";
import type { ClientDocument, ClientDocuments } from "../boundary/ports.ts";
import { notesOf } from "../boundary/request-notes.ts";
import { insideEngine } from "../boundary/store-unavailable.ts";

/**
 * The revision of the draft that oidc-provider implements. A version that implements another
 * revision refuses to start with this value: read what has changed before you change it.
 */
const DRAFT = "draft-02";

/** Limits of how long /authorize caches a document; its own cache headers decide in between. */
const CACHE_SECONDS = { min: 300, max: 3600 };

/** How long a copy keeps logins working while the client's host is down. */
export const COPY_TTL_SECONDS = 7 * 86_400;

/** The same for a copy with keys: a key that its owner has withdrawn must stop working. */
const COPY_WITH_KEYS_TTL_SECONDS = 3_600;

/** Where a new login begins: the copy does not count here. */
const LIVE_ROUTES = new Set(["authorization", "resume"]);

export interface DocumentClientsDeps {
  documents: ClientDocuments;
  kv: Kv;
  keys: Pick<KeyNames, "clientDocument">;
  /** Bounds the copies of documents of unused clients. */
  unusedDocuments: BoundedRecords;
}

/** oidc-provider's hooks for client ID metadata documents. */
export interface DocumentClients {
  feature: NonNullable<NonNullable<Configuration["features"]>["clientIdMetadataDocument"]>;
  /** oidc-provider fetches nothing but these documents. */
  fetch: NonNullable<Configuration["fetch"]>;
  /**
   * The last valid copy of a client's metadata, for every route but those of a new login: logins
   * must survive an outage of the client's host.
   */
  findCopy: (clientId: string) => Promise<AdapterPayload | undefined>;
  /**
   * Whether the document on the web, and not the one in the cache, lists a redirect URI now.
   * @returns true also for other clients, and while the document cannot be fetched.
   */
  allowsRedirect: (ctx: KoaContextWithOIDC, clientId: string, uri: string) => Promise<boolean>;
}

/** oidc-provider's own rules for redirect URIs, such as those for the ports of loopback addresses. */
type ClientConstructor = new (
  metadata: object,
  ctx: KoaContextWithOIDC,
  options: { cimd: boolean },
) => { redirectUriAllowed(uri: string): boolean };

/**
 * oidc-provider calls `allowFetch`, then `fetch`, and turns every failure of `fetch` into
 * `invalid_client`, on which clients delete their tokens. So `allowFetch` loads the document
 * already, and a host that does not answer is an outage.
 *
 * @see draft-ietf-oauth-client-id-metadata-document-02
 */
export function createDocumentClients({
  documents,
  kv,
  keys,
  unusedDocuments,
}: DocumentClientsDeps): DocumentClients {
  /** By request, because oidc-provider asks for the client again after a failure. */
  const loads = new WeakMap<object, Promise<ClientDocument>>();

  function load(ctx: KoaContextWithOIDC, clientId: string): Promise<ClientDocument> {
    const loading = loads.get(ctx) ?? documents.load(clientId, ctx.req);
    loads.set(ctx, loading);
    return loading;
  }

  return {
    feature: {
      enabled: true,
      ack: DRAFT,
      cacheDuration: CACHE_SECONDS,
      allowFetch: (ctx, clientId) =>
        insideEngine(async () => {
          try {
            await load(ctx, clientId);
            return true;
          } catch (error) {
            if (!(error instanceof ClientDocumentError)) throw error;
            const { retryAfterSeconds } = error;
            if (retryAfterSeconds !== undefined) ctx.set("Retry-After", String(retryAfterSeconds));
            throw new UnusableDocument(error);
          }
        }),
      allowClient: (ctx, client) =>
        insideEngine(async () => {
          const metadata = client.metadata();
          const ttlSeconds =
            metadata.jwks === undefined ? COPY_TTL_SECONDS : COPY_WITH_KEYS_TTL_SECONDS;
          const key = keys.clientDocument(client.clientId);
          // Later steps of a login belong to a user.
          const isAnonymous = ctx.oidc.route === "authorization";
          const indexes = isAnonymous ? [unusedDocuments.indexOf(notesOf(ctx.req))] : [];
          await kv.set(key, JSON.stringify(metadata), { ttlSeconds, indexes });
          if (isAnonymous) await unusedDocuments.added();
          return true;
        }),
    },
    fetch: async () => {
      const document = Provider.ctx && (await loads.get(Provider.ctx));
      if (document === undefined)
        throw new TypeError("oidc-provider fetched something other than a metadata document.");
      return Response.json(document.metadata, { headers: document.cacheHeaders });
    },
    findCopy: async (clientId) => {
      if (!documents.accepts(clientId) || LIVE_ROUTES.has(Provider.ctx?.oidc.route ?? "")) {
        return undefined;
      }
      const entry = await kv.get(keys.clientDocument(clientId));
      return entry && (JSON.parse(entry.value) as AdapterPayload);
    },
    allowsRedirect: async (ctx, clientId, uri) => {
      if (!documents.accepts(clientId)) return true;
      const Client = (ctx.oidc.provider as Provider).Client as unknown as ClientConstructor;
      try {
        const { metadata } = await (loads.get(ctx) ?? documents.reload(clientId, ctx.req));
        return new Client(metadata, ctx, { cimd: true }).redirectUriAllowed(uri);
      } catch (error) {
        if (error instanceof errors.InvalidClientMetadata) return false;
        if (error instanceof ClientDocumentError) return error.code !== "refused";
        throw error;
      }
    },
  };
}

const STATUS = { refused: 400, unreachable: 503, too_many: 429, busy: 503 } as const;

/** An unusable document as an error of oidc-provider. Never redirected. */
export class UnusableDocument extends errors.OIDCProviderError {
  constructor(cause: ClientDocumentError) {
    const isFinal = cause.code === "refused";
    super(STATUS[cause.code], isFinal ? "invalid_client" : "temporarily_unavailable", { cause });
    this.expose = true;
    this.allow_redirect = false;
    this.error_description = `The client's metadata document cannot be used. ${cause.message}`;
  }
}
