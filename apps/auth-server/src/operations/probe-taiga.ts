import { type TaigaClient, TaigaError } from "@taiga-mcp/taiga-client";
import { isCertificateFault, toErrorCode } from "./error-code.ts";
import type { Installation } from "./installation.ts";

type TaigaAnswer = Pick<Installation["taiga"], "outcome" | "status" | "errorCode">;

/** A credential that no Taiga has given out; every Taiga since 6.0 says so in one same way. */
export const NO_CREDENTIAL = { scheme: "Bearer", token: "check" } as const;

/**
 * Asks Taiga who the owner of a token is that was never given out. Only a Taiga answers 401 with
 * `token_not_valid`, and no counter of failed logins moves.
 *
 * @param taiga a client with `NO_CREDENTIAL`.
 * @param hasProxy whether a proxy is set, which then is what cannot be reached.
 * @see reference of Taiga's API, `GET /users/me`
 */
export async function probeTaiga(
  taiga: Pick<TaigaClient, "users">,
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
    return { outcome: toSilence(errorCode, hasProxy), errorCode };
  }
  const status = error.status;
  if (error.code === "throttled") return { outcome: "throttled", status };
  const isFailure = error.code === "unavailable" || error.code === "server_error";
  return { outcome: isFailure ? "failing" : "not_taiga", status };
}

/** Why there was no answer at all. */
function toSilence(
  errorCode: string | undefined,
  hasProxy: boolean,
): Installation["taiga"]["outcome"] {
  if (errorCode === undefined) return hasProxy ? "proxy" : "unreachable";
  if (isCertificateFault(errorCode)) return "certificate";
  // Once a tunnel stands, the proxy has nothing to do with what does not come through it.
  if (errorCode === "UND_ERR_HEADERS_TIMEOUT" || errorCode === "UND_ERR_BODY_TIMEOUT") {
    return "timeout";
  }
  if (hasProxy) return "proxy";
  return errorCode.endsWith("TIMEOUT") || errorCode === "ETIMEDOUT" ? "timeout" : "unreachable";
}
