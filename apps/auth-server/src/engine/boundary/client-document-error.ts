import { CodedError } from "@taiga-mcp/service";

/**
 * A client ID metadata document is unusable. `message` is for the user and the client's maintainer,
 * and reveals nothing about the server's network.
 *
 * - `refused`: the document is missing, invalid, or at a forbidden address; a retry does not help.
 * - `unreachable`: its host does not answer now.
 * - `too_many`: this network address asked for too many documents.
 * - `busy`: too many documents are being fetched at this moment.
 */
export class ClientDocumentError extends CodedError<
  "refused" | "unreachable" | "too_many" | "busy"
> {
  /** When to try again, if known. */
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
