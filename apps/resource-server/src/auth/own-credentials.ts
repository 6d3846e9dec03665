import type { Clock, Logger } from "@taiga-mcp/service";

/** How often the log repeats that the credentials are refused. */
const REPEAT_SECONDS = 60;

/** Statuses with which the authorization server refuses the resource server's own credentials. */
const REFUSALS = new Set([401, 403, 429]);

/** 400 is about the token, such as `invalid_grant`. */
const ACCEPTING = new Set([200, 400]);

export const isRefusal = (status: number): boolean => REFUSALS.has(status);

/** For the operator only: it names settings. */
export const describeRefusal = (status: number): string =>
  status === 429
    ? "The authorization server refuses the resource server after too many attempts with wrong credentials: RS_CLIENT_ID and RS_CLIENT_SECRET must be the same in both services."
    : "The authorization server rejected the resource server's credentials: RS_CLIENT_ID and RS_CLIENT_SECRET must be the same in both services.";

/** Whether the authorization server accepts the credentials of this resource server. */
export interface OwnCredentials {
  /** A response to a request with the credentials, of any status. */
  observe(status: number): void;
  /** What is wrong, while the last response that says something was a refusal. */
  problem(): string | undefined;
}

/**
 * Observes the responses of the authorization server, and logs a refusal of the credentials when it
 * begins, once a minute, and when it is over. The revocation stream is opened all the time, so the state
 * is up to date without other requests.
 */
export function createOwnCredentials({
  clock,
  logger,
}: {
  clock: Clock;
  logger: Logger;
}): OwnCredentials {
  let problem: string | undefined;
  /** Epoch seconds. */
  let loggedAt = -Infinity;

  const refuse = (status: number): void => {
    problem = describeRefusal(status);
    if (clock() - loggedAt < REPEAT_SECONDS) return;
    loggedAt = clock();
    logger.error({ status, reason: problem }, "own credentials refused");
  };

  const accept = (): void => {
    if (problem === undefined) return;
    problem = undefined;
    loggedAt = -Infinity;
    logger.info("own credentials accepted again");
  };

  return {
    observe: (status) => {
      if (isRefusal(status)) refuse(status);
      // Others, such as 503 or a redirect, are sent before the credentials are checked.
      else if (ACCEPTING.has(status)) accept();
    },
    problem: () => problem,
  };
}
