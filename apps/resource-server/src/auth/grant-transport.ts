import { UnavailableError } from "@taiga-mcp/service";
import type { TaigaTransport } from "@taiga-mcp/taiga-client";
import type { GrantProof, TaigaCredentials } from "./taiga-credentials.ts";

/**
 * Sends requests to Taiga as the user of one grant. The Taiga token is fetched when the first request
 * needs it. Taiga has not executed a request that it answers with 401, so that request is sent once
 * more, whatever its method, if there is another token.
 *
 * @param transport shared by all grants, so closing this one leaves it open.
 */
export function createGrantTransport(
  transport: TaigaTransport,
  credentials: Pick<TaigaCredentials, "get" | "renew">,
  proof: GrantProof,
): TaigaTransport {
  return {
    async send(request) {
      const sendAs = ({ scheme, token }: { scheme: string; token: string }) =>
        transport.send({
          ...request,
          headers: { ...request.headers, authorization: `${scheme} ${token}` },
        });
      const first = await untilAborted(credentials.get(proof), request.signal);
      const response = await sendAs(first);
      if (response.status !== 401) return response;
      const second = await untilAborted(credentials.renew(proof, first.token), request.signal);
      return second === undefined ? response : await sendAs(second);
    },
    close: async () => {},
  };
}

/** Callers share an exchange, so an abort ends only the wait of one. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return await work;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(noToken(signal));
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

const noToken = ({ reason }: AbortSignal): UnavailableError =>
  new UnavailableError("The Taiga token did not arrive in time.", { cause: reason });
