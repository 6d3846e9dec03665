/**
 * The one family of expected failures. `code` is what programs read, `message` is safe to show
 * to the caller, `cause` is for the log only. Anything thrown that is not a `CodedError` is a bug.
 */
export class CodedError<Code extends string = string> extends Error {
  readonly code: Code;

  constructor(code: Code, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** A setting is missing or bad; `message` says which and what it must be. Ends the process. */
export class ConfigurationError extends CodedError<"bad_configuration"> {
  constructor(message: string, options?: ErrorOptions) {
    super("bad_configuration", message, options);
  }
}

/**
 * Something this service depends on (its store, the authorization server, Taiga) does not answer.
 * Every edge turns it into 503 `temporarily_unavailable`, never into an answer that makes a
 * client throw its login away.
 */
export class UnavailableError extends CodedError<"temporarily_unavailable"> {
  constructor(message: string, options?: ErrorOptions) {
    super("temporarily_unavailable", message, options);
  }
}
