import {
  createTaigaClient,
  createTaigaTransport,
  type TaigaClient,
  TaigaError,
} from "@taiga-mcp/taiga-client";
import type { Config } from "../config.ts";
import { isCertificateFault, toErrorCode } from "./error-code.ts";
import type { Installation } from "./installation.ts";

type TaigaAnswer = Pick<Installation["taiga"], "outcome" | "status" | "errorCode">;

/** A credential that no Taiga has issued; every Taiga since 6.0 rejects it in the same way. */
export const NO_CREDENTIAL = { scheme: "Bearer", token: "check" } as const;

/** Asks the configured Taiga once, over a connection of its own. */
export async function askTaiga(
  config: Pick<Config, "taigaApiUrl" | "taigaWebUrl" | "taigaConnection">,
  timeoutMs: number,
): Promise<Installation["taiga"]> {
  const { taigaApiUrl: apiUrl, taigaWebUrl: webUrl, taigaConnection } = config;
  const transport = createTaigaTransport({ apiUrl, ...taigaConnection, retries: 0 });
  const hasProxy = taigaConnection.proxy !== undefined;
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const taiga = createTaigaClient(transport, NO_CREDENTIAL, { signal });
    return { apiUrl, webUrl, hasProxy, ...(await probeTaiga(taiga, hasProxy)) };
  } finally {
    await transport.close();
  }
}

/**
 * Checks that a Taiga answers, by a request with a token that was never issued: only a Taiga responds
 * with 401 and `token_not_valid`, and the request does not count as a failed login.
 *
 * @param taiga a client with `NO_CREDENTIAL`.
 * @param hasProxy whether a proxy is configured; connection errors are then the proxy's.
 * @see Taiga's API reference, `GET /users/me`
 */
export async function probeTaiga(
  taiga: { users: Pick<TaigaClient["users"], "me"> },
  hasProxy: boolean,
): Promise<TaigaAnswer> {
  try {
    await taiga.users.me();
    return { outcome: "not_taiga", status: 200 };
  } catch (error) {
    if (!(error instanceof TaigaError)) throw error;
    return toAnswer(error, hasProxy);
  }
}

function toAnswer(error: TaigaError, hasProxy: boolean): TaigaAnswer {
  if (error.code === "token_not_valid") return { outcome: "ok" };
  if (error.code === "aborted") return { outcome: "timeout" };
  if (error.code === "unavailable" && error.status === undefined) {
    const errorCode = toErrorCode(error.cause);
    return { outcome: toConnectionOutcome(errorCode, hasProxy), errorCode };
  }
  const status = error.status;
  if (error.code === "throttled") return { outcome: "throttled", status };
  const isFailure = error.code === "unavailable" || error.code === "server_error";
  return { outcome: isFailure ? "failing" : "not_taiga", status };
}

/** Why there was no answer. */
function toConnectionOutcome(
  errorCode: string | undefined,
  hasProxy: boolean,
): Installation["taiga"]["outcome"] {
  if (errorCode === undefined) return hasProxy ? "proxy" : "unreachable";
  if (isCertificateFault(errorCode)) return "certificate";
  // These timeouts happen after the tunnel was opened, so they are not the fault of the proxy.
  if (errorCode === "UND_ERR_HEADERS_TIMEOUT" || errorCode === "UND_ERR_BODY_TIMEOUT") {
    return "timeout";
  }
  if (hasProxy) return "proxy";
  return errorCode.endsWith("TIMEOUT") || errorCode === "ETIMEDOUT" ? "timeout" : "unreachable";
}
