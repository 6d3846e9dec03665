import type { TaigaTransport } from "@taiga-mcp/taiga-client";
import type { GrantProof, TaigaCredentials } from "./taiga-credentials.ts";

/**
 * A way to Taiga that logs in by itself, as the user behind one grant. The token is fetched when
 * the first request needs it. A request that Taiga answers with 401 was not carried out, so it is
 * sent once more, whatever its method, with another token if there is one.
 *
 * @param transport shared by all grants; stays open when this one is closed.
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
