import { TaigaError, type TaigaTransport } from "@taiga-mcp/taiga-client";
import type { Sandbox } from "@taiga-mcp/taiga-sandbox";

/**
 * A transport to a sandbox in the same process, logged in as one of its users. Nothing is sent
 * twice; a connection that is cut leaves open what became of a write, as over a network.
 */
export function createSandboxTransport(sandbox: Sandbox, username: string): TaigaTransport {
  const tokens = sandbox.issueTokens(username);
  return {
    async send({ method, path, query, headers, body, signal }) {
      const { auth_token } = await tokens;
      const details = { outcomeUnknown: method !== "GET" };
      try {
        return await sandbox.handle({
          method,
          path: `/api/v1${path}${query === "" ? "" : `?${query}`}`,
          headers: { ...headers, Authorization: `Bearer ${auth_token}` },
          body: typeof body === "object" ? await readAll(body.open()) : body,
          signal,
        });
      } catch (cause) {
        if (signal?.aborted === true) throw new TaigaError("aborted", "cancelled", details);
        throw new TaigaError("unavailable", "The connection broke off", { ...details, cause });
      }
    },
    close: async () => {},
  };
}

async function readAll(content: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return Buffer.concat(chunks);
}
