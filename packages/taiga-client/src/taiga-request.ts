import type { z } from "zod";
import { parseJson } from "./response-body.ts";
import { TaigaError } from "./errors.ts";
import { encodeQuery } from "./query.ts";
import type { Query } from "./query.ts";
import { toResponseError } from "./response-error.ts";
import type { TaigaHttpRequest, TaigaHttpResponse, TaigaTransport } from "./transport.ts";

/** Who asks: a login's JWT (`Bearer`) or the token of an external application (`Application`). */
export interface TaigaCredential {
  scheme: "Bearer" | "Application";
  token: string;
}

/** One call of the API: what to ask, and what the answer must look like. */
interface TaigaCall<Schema extends z.ZodType> {
  method?: TaigaHttpRequest["method"];
  /** Starts with `/`, relative to `/api/v1`. */
  path: string;
  query?: Query;
  body?: object;
  /** Asks for a whole list: Taiga then leaves paging out, and with it the paging headers. */
  wholeList?: boolean;
  schema: Schema;
}

/** An answer as its schema describes it, with the headers it came with. */
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
        // On a GET too: only then does Taiga report its own failures as JSON.
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
  // A page of HTML is no JSON either, and must not pass where nothing is expected.
  if (result.success && (json !== undefined || text === "")) return result.data;

  const where = result.error?.issues.map((issue) => issue.path.join(".")).join(", ");
  const reason = json === undefined ? "is not JSON" : `misses or mistypes ${where || "everything"}`;
  throw new TaigaError("unexpected_response", `Taiga's answer to ${method} ${path} ${reason}`, {
    status,
    outcomeUnknown: method !== "GET",
  });
}
