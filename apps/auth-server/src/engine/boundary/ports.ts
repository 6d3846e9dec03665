import type { AccessLevel } from "@taiga-mcp/service";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";

/** The protocol engine as the rest of the authorization server sees it. */
export interface AuthorizationEngine {
  /**
   * Answers the OAuth routes that no other handler does, and 404 for anything else: mounted last.
   */
  handler: RequestListener;
  interactions: Interactions;
  accessTokens: AccessTokens;
  connections: Connections;
}

/** A request to the engine, with what the routes in front of it know. */
export interface EngineRequest extends IncomingMessage {
  /** The client's address; fetches of client metadata documents are limited by it. */
  ip?: string | undefined;
  /** The routes have removed an `Authorization: Basic` header, because its secret was empty. */
  triedBasic?: boolean;
}

/** An authorization request that waits for its user. */
export interface Interaction {
  /** Stays the same at every step of one authorization request. */
  uid: string;
  /** The step that the engine waits for; the pages refuse a form of another step. */
  step: "login" | "consent";
  client: InteractionClient;
  /** The highest access level the client asked for, already capped by the operator. */
  requestedAccess: AccessLevel;
  /** Set from the consent step on. */
  accountId: string | undefined;
  /** The user has logged in; at the login step, the browser has not followed the redirect yet. */
  isLoggedIn: boolean;
  /** The user has consented or declined, but the browser has not followed the redirect yet. */
  isAnswered: boolean;
}

/**
 * The client that asks. A stranger wrote all of it: escape it, and load nothing from its addresses.
 */
interface InteractionClient {
  id: string;
  name: string | undefined;
  /**
   * The verified host of the client's metadata document; `undefined` if the client is registered.
   */
  documentHost?: string | undefined;
  /** Where the code goes: matches the registration. */
  redirectUri: string;
}

/** How an interaction ended: its client received a code, or `access_denied`. */
export type InteractionOutcome = "connected" | "declined";

/**
 * The steps between /authorize and the redirect back, each bound to the browser by a cookie.
 *
 * @throws {InteractionEndedError} from every method that answers an interaction, when another answer
 *   came first.
 */
export interface Interactions {
  /**
   * @returns `undefined` when this browser has no such interaction, or when it has ended: the
   *   caller shows a page that says so and does not redirect.
   */
  find(req: IncomingMessage, res: ServerResponse, uid: string): Promise<Interaction | undefined>;
  /**
   * How an interaction ended that `find` no longer finds.
   * @returns `undefined` unless this browser returned to the client within the last five minutes.
   */
  outcome(req: IncomingMessage, res: ServerResponse, uid: string): InteractionOutcome | undefined;
  /**
   * Redirects the browser once more to where its answer led, as long as the client has not used the
   * code and it is valid.
   * @returns false when there is no such answer, or it is not this browser's; nothing is sent then.
   */
  repeat(req: IncomingMessage, res: ServerResponse): Promise<boolean>;
  /**
   * The user is authenticated: redirects the browser to the consent step. At the consent step it
   * restarts that step for another account.
   */
  finishLogin(
    req: IncomingMessage,
    res: ServerResponse,
    interaction: Interaction,
    accountId: string,
  ): Promise<void>;
  /**
   * Creates a grant for this connection of the client, without a redirect. Grants are never reused.
   */
  createGrant(interaction: Interaction, limits: GrantScope): Promise<{ grantId: string }>;
  /** Deletes a new grant whose consent failed. */
  discardGrant(grantId: string): Promise<void>;
  /** Redirects the browser to the client with a code. */
  finishConsent(
    req: IncomingMessage,
    res: ServerResponse,
    interaction: Interaction,
    grantId: string,
  ): Promise<void>;
  /** Redirects a browser that repeats its answer to where the first answer leads. */
  resume(req: IncomingMessage, res: ServerResponse, interaction: Interaction): Promise<void>;
  /** Redirects the browser to the client with `access_denied`. */
  deny(req: IncomingMessage, res: ServerResponse, interaction: Interaction): Promise<void>;
}

/** What a user consented to; part of the grant. */
export interface GrantScope {
  access: AccessLevel;
  /** Taiga project ids, or all projects that the user can see. */
  projects: "all" | readonly number[];
}

/** A client of a connection. A stranger wrote all of it but the verified host. */
export interface ConnectionClient {
  id: string;
  /** `undefined` also when the registration is gone. */
  name: string | undefined;
  /** The verified host of the client's metadata document; `undefined` if it is registered. */
  documentHost: string | undefined;
  /** As registered; empty when the registration is gone. */
  redirectUris: readonly string[];
}

/** The access of one client that a user has allowed: a grant. */
export interface Connection {
  /** The grant's public name: base64url SHA-256 of its id, `gid` in introspection. */
  gid: string;
  client: ConnectionClient;
  limits: GrantScope;
  /** When the user allowed it, epoch seconds. */
  connectedAt: number;
}

/**
 * What a user's clients may do, and its end. No method finds or changes what belongs to another
 * account.
 *
 * @throws {UnavailableError} from every method when the store does not answer.
 */
export interface Connections {
  /** Of all users, in no order; those that begin or end meanwhile may be missing. */
  all(): AsyncIterable<Connection & { accountId: string }>;
  /** In no order. */
  list(accountId: string): Promise<Connection[]>;
  find(accountId: string, gid: string): Promise<Connection | undefined>;
  /**
   * The account of a grant and the name of its client, which a stranger wrote.
   * @returns `undefined` when the grant has ended.
   */
  findOwner: (
    gid: string,
  ) => Promise<{ accountId: string; clientName: string | undefined } | undefined>;
  /**
   * Lowers the limits of a connection, at once and for tokens that exist.
   * @returns `wider`, and changes nothing, when the limits would allow more than before.
   */
  narrow(
    accountId: string,
    gid: string,
    limits: GrantScope,
  ): Promise<"narrowed" | "gone" | "wider">;
  /** @returns false when there is no such connection any more. */
  end(accountId: string, gid: string): Promise<boolean>;
}

/** A valid access token whose grant exists. */
export interface AccessTokenInfo {
  grantId: string;
  accountId: string;
  clientId: string;
  scopes: readonly string[];
  audience: string;
  /** Epoch seconds. */
  issuedAt: number;
  /** Epoch seconds. */
  expiresAt: number;
  limits: GrantScope;
}

export interface AccessTokens {
  /** @returns `undefined` for anything but a valid access token whose grant exists. */
  find(token: string): Promise<AccessTokenInfo | undefined>;
}

/** A client ID metadata document, parsed and normalised. */
export interface ClientDocument {
  /** In the form that oidc-provider takes. */
  metadata: object;
  /** HTTP headers that say how long it may be cached. */
  cacheHeaders: Readonly<Record<string, string>>;
}

/** Client ID metadata documents on the web. */
export interface ClientDocuments {
  /** Whether `clientId` is the address of a document that the server may fetch. */
  accepts(clientId: string): boolean;
  /**
   * Fetches a document, and counts it against the network address that `req` came from.
   * @throws {ClientDocumentError}
   */
  load(clientId: string, req: IncomingMessage): Promise<ClientDocument>;
  /**
   * Fetches a document for a user who has logged in, which counts against no network.
   * @throws {ClientDocumentError}
   */
  reload(clientId: string, req: IncomingMessage): Promise<ClientDocument>;
}

/**
 * An authorization request that ends on a page of this server, because no redirect URI is
 * trustworthy.
 */
export interface Failure {
  status: number;
  /** The OAuth error code. */
  error: string;
  /** The subject, when `error` does not say it. */
  subject?: "client_document";
  /** A sentence for the user, safe to show. */
  description: string | undefined;
  /** The client's name, if the client is known. A stranger wrote it. */
  clientName?: string | undefined;
  /** The redirect URI that was refused, as sent. A stranger wrote it. */
  refusedAddress?: string | undefined;
  /** Id of the request in the log. */
  requestId?: string | undefined;
}

/** Renders an HTML page for a failure. */
export type RenderFailure = (failure: Failure) => string | Promise<string>;
