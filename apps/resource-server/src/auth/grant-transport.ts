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
      const first = await credentials.get(proof);
      const response = await sendAs(first);
      if (response.status !== 401) return response;
      const second = await credentials.renew(proof, first.token);
      return second === undefined ? response : await sendAs(second);
    },
    close: async () => {},
  };
}
