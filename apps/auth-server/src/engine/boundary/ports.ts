import type { AccessLevel } from "@taiga-mcp/service";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";

/** What the rest of the authorization server may ask of the protocol engine. */
export interface AuthorizationEngine {
  /** Answers every OAuth route that we do not answer ourselves, and 404 for the rest: mounted last. */
  handler: RequestListener;
  interactions: Interactions;
  accessTokens: AccessTokens;
}

/** An authorization request that waits for its user. */
export interface Interaction {
  /** The same at every step of one authorization request. */
  uid: string;
  /** What the engine waits for; a form of another step must be refused. */
  step: "login" | "consent";
  client: InteractionClient;
  /** The highest access level the client asked for, already capped by the operator. */
  requestedAccess: AccessLevel;
  /** Set from the consent step on. */
  accountId: string | undefined;
  /** The user has agreed or declined already, but the browser has not followed the answer yet. */
  isAnswered: boolean;
}

/** Who is asking. Everything in it was written by a stranger: escape it, load nothing from it. */
interface InteractionClient {
  id: string;
  name: string | undefined;
  /** The host that publishes the client's metadata document, known for certain; none if registered. */
  documentHost?: string | undefined;
  /** Where the code will be sent, as registered and matched. */
  redirectUri: string;
}

/** How an interaction ended: its client was sent a code, or that its user declined. */
export type InteractionOutcome = "connected" | "declined";

/**
 * The steps between /authorize and the redirect back, each bound to the browser by a cookie.
 *
 * @throws {InteractionEndedError} from whatever answers an interaction that has ended meanwhile.
 */
export interface Interactions {
  /**
   * @returns `undefined` when this browser has no such interaction, or it has ended: the caller
   *   shows a page that says so and does not redirect.
   */
  find(req: IncomingMessage, res: ServerResponse, uid: string): Promise<Interaction | undefined>;
  /**
   * What became of an interaction that is not found any more.
   * @returns `undefined` unless this very browser was sent back to the client in the last five
   *   minutes.
   */
  outcome(req: IncomingMessage, res: ServerResponse, uid: string): InteractionOutcome | undefined;
  /**
   * The user has proven who they are; sends the browser on to the consent step. At the consent
   * step it starts that step again for another account.
   */
  finishLogin(
    req: IncomingMessage,
    res: ServerResponse,
    interaction: Interaction,
    accountId: string,
  ): Promise<void>;
  /** A new grant for this client connection; never one that exists already. Nothing is redirected. */
  createGrant(interaction: Interaction, limits: GrantScope): Promise<{ grantId: string }>;
  /** Deletes a new grant that nothing will come of. */
  discardGrant(grantId: string): Promise<void>;
  /** Sends the browser back to the client with a code. */
  finishConsent(
    req: IncomingMessage,
    res: ServerResponse,
    interaction: Interaction,
    grantId: string,
  ): Promise<void>;
  /** Sends a browser that asks again after its answer on to where that answer leads. */
  resume(req: IncomingMessage, res: ServerResponse, interaction: Interaction): Promise<void>;
  /** Sends the browser back to the client with `access_denied`. */
  deny(req: IncomingMessage, res: ServerResponse, interaction: Interaction): Promise<void>;
}

/** What a user agreed to; a part of the grant. */
export interface GrantScope {
  access: AccessLevel;
  /** Taiga project ids, or all that the user can see. */
  projects: "all" | readonly number[];
}

/** A live access token, its grant still standing. */
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
  /** @returns `undefined` for anything that is not a live access token of a standing grant. */
  find(token: string): Promise<AccessTokenInfo | undefined>;
}

/** A client's metadata document, read and brought into shape. */
export interface ClientDocument {
  /** As the engine takes it. */
  metadata: object;
  /** How long it may be kept, in the words of HTTP. */
  cacheHeaders: Readonly<Record<string, string>>;
}

/** Clients' metadata documents on the web. */
export interface ClientDocuments {
  /** Whether a `client_id` is the address of a document that may be fetched. */
  accepts(clientId: string): boolean;
  /**
   * Fetches a document; counted against the network that `req` came from.
   * @throws {ClientDocumentError}
   */
  load(clientId: string, req: IncomingMessage): Promise<ClientDocument>;
}

/** An authorization that ends in our own page, because no redirect can be trusted with it. */
export interface Failure {
  status: number;
  /** The error's name in the protocol. */
  error: string;
  /** What it is about, when `error` does not say it. */
  subject?: "client_document";
  /** A sentence that is safe to show. */
  description: string | undefined;
}

/** Renders an HTML page for a failure. */
export type RenderFailure = (failure: Failure) => string | Promise<string>;
