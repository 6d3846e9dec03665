import { CodedError } from "@taiga-mcp/service";
import { z } from "zod";
import type { AdminSettings } from "./admin-settings.ts";
import { toErrorCode } from "../operations/error-code.ts";
import { toPrintable } from "./finding.ts";

/** The part of `fetch` that this client uses. */
export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

/** The server cannot be reached, or refused the command; `message` is for the operator. */
export class AdminError extends CodedError<"unreachable" | "refused"> {
  /** The server's JSON response; absent when it is not one of this server. */
  readonly answer: object | undefined;

  constructor(code: "unreachable" | "refused", message: string, answer?: object) {
    super(code, message);
    this.answer = answer;
  }
}

export interface AdminCall<Schema extends z.ZodType> {
  method: "GET" | "POST";
  path: `/admin/${string}`;
  schema: Schema;
  timeoutSeconds: number;
  /** Goes into the query of GET, and into the form of POST. */
  parameters?: Readonly<Record<string, string>>;
}

/** Sends a request to the private listener as the operator. @throws {AdminError} */
export type AdminClient = <Schema extends z.ZodType>(
  call: AdminCall<Schema>,
) => Promise<z.output<Schema>>;

const Refusal = z.object({ error: z.string(), error_description: z.string() });

export function createAdminClient(
  { privateUrl, token }: AdminSettings,
  fetchFrom: Fetch,
): AdminClient {
  async function send({
    method,
    path,
    timeoutSeconds,
    parameters,
  }: AdminCall<z.ZodType>): Promise<Response> {
    const form = new URLSearchParams(parameters);
    const query = method === "GET" && form.size > 0 ? `?${form.toString()}` : "";
    try {
      return await fetchFrom(`${privateUrl}${path}${query}`, {
        method,
        ...(method === "POST" && parameters !== undefined && { body: form }),
        headers: { authorization: `Bearer ${token}` },
        redirect: "manual",
        signal: AbortSignal.timeout(timeoutSeconds * 1000),
      });
    } catch (error) {
      throw toUnreachable(error, timeoutSeconds);
    }
  }

  function toUnreachable(error: unknown, timeoutSeconds: number): AdminError {
    if (error instanceof Error && error.name === "TimeoutError") {
      return new AdminError(
        "unreachable",
        `The authorization server at ${privateUrl} did not answer within ${timeoutSeconds} seconds. See its log.`,
      );
    }
    return new AdminError(
      "unreachable",
      `The authorization server cannot be reached at ${privateUrl} (${toErrorCode(error) ?? "no connection"}). Start it, or set AUTH_SERVER_PRIVATE_HOST and AUTH_SERVER_PRIVATE_PORT to the server's values.`,
    );
  }

  function toRefused(status: number, body: unknown): AdminError {
    const refusal = Refusal.safeParse(body);
    if (!refusal.success) {
      return new AdminError(
        "refused",
        `The server at ${privateUrl} is not an authorization server of this version (HTTP ${status}). Check AUTH_SERVER_PRIVATE_PORT, and that this program and the server have the same version.`,
      );
    }
    if (status === 401) {
      return new AdminError(
        "refused",
        `The authorization server at ${privateUrl} has another master key. Set MASTER_KEY, or DATA_DIR if the key was created there, to the server's value.`,
        refusal.data,
      );
    }
    const { error, error_description: description } = refusal.data;
    const hint = error === "server_error" ? " See the log of the authorization server." : "";
    return new AdminError("refused", `${toPrintable(description)}${hint}`, refusal.data);
  }

  return async (call) => {
    const response = await send(call);
    const body = await readJson(response);
    const answer = call.schema.safeParse(body);
    if (response.status === 200 && answer.success) return answer.data;
    throw toRefused(response.status, body);
  };
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return (await response.json()) as unknown;
  } catch {
    return undefined; // not JSON, or truncated: not a response of this server
  }
}
