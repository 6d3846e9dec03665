import type { z } from "zod";
import { parseJson } from "./response-body.ts";
import { toCompiled } from "./compiled-schema.ts";
import { TaigaError } from "./errors.ts";
import { encodeForm } from "./multipart.ts";
import type { FileForm } from "./multipart.ts";
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
  /** A form with a file, instead of a body. */
  form?: FileForm;
  /** Requests a whole list: Taiga then omits pagination and its headers. */
  wholeList?: boolean;
  /** What the schema reads: the parsed JSON (default) or the text itself. */
  format?: "json" | "text";
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
    const { method = "GET", path, query = {}, schema } = call;
    const { body, headers } = encodeBody(call);
    const response = await transport.send({
      method,
      path,
      query: encodeQuery(query),
      headers: {
        Accept: "application/json",
        "Accept-Language": "en",
        ...headers,
        "User-Agent": "taiga-mcp",
        ...(call.wholeList === true && { "x-disable-pagination": "true" }),
        ...(credential && { Authorization: `${credential.scheme} ${credential.token}` }),
      },
      body,
      signal,
    });
    if (response.status < 200 || response.status >= 300) throw toResponseError(response, method);
    const { format = "json" } = call;
    const data = readAnswer(response, schema, { method, path, format });
    return { data, headers: response.headers };
  };

function encodeBody({ body, form }: { body?: object; form?: FileForm }) {
  if (form !== undefined) {
    const { contentType, body: stream } = encodeForm(form);
    const headers = { "Content-Type": contentType, "Content-Length": String(stream.sizeBytes) };
    return { body: stream, headers };
  }
  // Also on a GET: only then does Taiga report its own failures as JSON.
  const headers = { "Content-Type": "application/json" };
  return { body: body === undefined ? undefined : JSON.stringify(body), headers };
}

function readAnswer<Schema extends z.ZodType>(
  { status, text }: TaigaHttpResponse,
  schema: Schema,
  { method, path, format }: { method: string; path: string; format: "json" | "text" },
): z.output<Schema> {
  const json = format === "text" ? text : parseJson(text);
  const result = toCompiled(schema).safeParse(json);
  // An HTML page also parses as `undefined` and must not pass for an expected empty body.
  if (result.success && (json !== undefined || text === "")) return result.data;

  const where = result.error?.issues.map((issue) => issue.path.join(".")).join(", ");
  const reason = json === undefined ? "is not JSON" : `misses or mistypes ${where || "everything"}`;
  throw new TaigaError("unexpected_response", `Taiga's answer to ${method} ${path} ${reason}`, {
    status,
    outcomeUnknown: method !== "GET",
  });
}
