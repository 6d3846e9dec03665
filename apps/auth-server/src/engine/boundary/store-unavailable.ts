import { CodedError, UnavailableError } from "@taiga-mcp/service";
import { errors } from "oidc-provider";

/**
 * An outage as an error of oidc-provider, which answers any other error with `server_error`: on
 * that SDK clients start a browser login, while `temporarily_unavailable` makes them try again.
 * Never redirected: without the store no redirect URI is trustworthy.
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
 * Runs our code inside oidc-provider: our errors become `StoreUnavailable`. So does a record that
 * cannot be decrypted, because an operator can correct a wrong MASTER_KEY, but clients that saw
 * another error have deleted their tokens.
 */
export async function insideEngine<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof CodedError ? new StoreUnavailable(error) : error;
  }
}

/** Runs oidc-provider for the rest of the server: `StoreUnavailable` becomes `UnavailableError`. */
export async function outsideEngine<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    throw new UnavailableError(error.error_description ?? error.message, { cause: error.cause });
  }
}
