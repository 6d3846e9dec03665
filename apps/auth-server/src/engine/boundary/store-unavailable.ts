import { CodedError, UnavailableError } from "@taiga-mcp/service";
import { errors } from "oidc-provider";

/**
 * An outage in the engine's own family of errors. Left as it is, the engine would call it
 * `server_error`, on which SDK clients start a browser login; `temporarily_unavailable` makes
 * them try again. Never redirected: without the store no redirect URI can be trusted.
 */
export class StoreUnavailable extends errors.OIDCProviderError {
  constructor(cause: Error) {
    super(503, "temporarily_unavailable", { cause });
    this.expose = true;
    this.allow_redirect = false;
    this.error_description = "The service cannot answer right now. Try again in a few seconds.";
  }
}

/**
 * Runs inside the engine what may throw our errors. A record that cannot be opened is an outage,
 * too: a wrong MASTER_KEY can be put right, logins that clients threw away cannot.
 */
export async function insideEngine<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof CodedError ? new StoreUnavailable(error) : error;
  }
}

/** Runs engine code for callers outside of it, who know our errors only. */
export async function outsideEngine<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    throw new UnavailableError(error.error_description ?? error.message, { cause: error.cause });
  }
}
