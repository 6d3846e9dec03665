import type { z } from "zod";
import { parseJson } from "./response-body.ts";
import { TaigaError } from "./errors.ts";
import { encodeQuery } from "./query.ts";
import type { Query } from "./query.ts";
import { toResponseError } from "./response-error.ts";
import type { TaigaHttpRequest, TaigaHttpResponse, TaigaTransport } from "./transport.ts";

/** The credential: a login's JWT (`Bearer`) or an external application's token (`Application`). */
export interface TaigaCredential {
  scheme: "Bearer" | "Application";
  token: string;
}

/** One API call: the request and the schema of its answer. */
interface TaigaCall<Schema extends z.ZodType> {
  method?: TaigaHttpRequest["method"];
  /** Starts with `/`, relative to `/api/v1`. */
  path: string;
  query?: Query;
  body?: object;
  /** Requests a whole list: Taiga then omits pagination and its headers. */
  wholeList?: boolean;
  schema: Schema;
}

/** An answer as parsed by its schema, with its headers. */
interface TaigaAnswer<Data> {
  data: Data;
  headers: TaigaHttpResponse["headers"];
}

/** Calls Taiga as one user, or without a login. @throws {TaigaError} with any of its codes. */
export type TaigaRequest = <Schema extends z.ZodType>(
  call: TaigaCall<Schema>,
) => Promise<TaigaAnswer<z.output<Schema>>>;

/** Binds a transport to a credential; `signal` cancels every call made through it. */
export const createTaigaRequest =
  (
    transport: TaigaTransport,
    credential: TaigaCredential | undefined,
    signal: AbortSignal | undefined,
  ): TaigaRequest =>
  async (call) => {
    const { method = "GET", path, query = {}, body, schema } = call;
    const response = await transport.send({
      method,
      path,
      query: encodeQuery(query),
      headers: {
        Accept: "application/json",
        "Accept-Language": "en",
        // Also on a GET: only then does Taiga report its own failures as JSON.
        "Content-Type": "application/json",
        "User-Agent": "taiga-mcp",
        ...(call.wholeList === true && { "x-disable-pagination": "true" }),
        ...(credential && { Authorization: `${credential.scheme} ${credential.token}` }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal,
    });
    if (response.status < 200 || response.status >= 300) throw toResponseError(response, method);
    return { data: readAnswer(response, schema, { method, path }), headers: response.headers };
  };

function readAnswer<Schema extends z.ZodType>(
  { status, text }: TaigaHttpResponse,
  schema: Schema,
  { method, path }: { method: string; path: string },
): z.output<Schema> {
  const json = parseJson(text);
  const result = schema.safeParse(json);
  // An HTML page also parses as `undefined` and must not pass for an expected empty body.
  if (result.success && (json !== undefined || text === "")) return result.data;

  const where = result.error?.issues.map((issue) => issue.path.join(".")).join(", ");
  const reason = json === undefined ? "is not JSON" : `misses or mistypes ${where || "everything"}`;
  throw new TaigaError("unexpected_response", `Taiga's answer to ${method} ${path} ${reason}`, {
    status,
    outcomeUnknown: method !== "GET",
  });
}
