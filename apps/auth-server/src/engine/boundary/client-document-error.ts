import { CodedError } from "@taiga-mcp/service";

/**
 * A client's metadata document cannot be used. `message` is for the user and for the client's
 * maintainer, and says nothing about the network we are in.
 *
 * - `refused`: it is not there, not a client's document, or not to be fetched. Trying again is
 *   of no use.
 * - `unreachable`: its host does not answer now.
 * - `too_many`: this address asked for too many documents.
 */
export class ClientDocumentError extends CodedError<"refused" | "unreachable" | "too_many"> {
  /** When to try again, where that is known. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: ClientDocumentError["code"],
    message: string,
    options: ErrorOptions & { retryAfterSeconds?: number } = {},
  ) {
    super(code, message, options);
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}
