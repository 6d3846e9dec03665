import { createHmac } from "node:crypto";
import { lookup as resolve } from "node:dns";
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { BlockList, isIP, type LookupFunction } from "node:net";

/** taiga-back waits as long for a connection and an answer. */
const TIMEOUT_MS = 5_000;

/** More of an answer is not kept. */
const MAX_ANSWER_BYTES = 65_536;

const PRIVATE = new BlockList();
for (const [network, prefix, family] of [
  ["0.0.0.0", 8, "ipv4"],
  ["10.0.0.0", 8, "ipv4"],
  ["100.64.0.0", 10, "ipv4"],
  ["127.0.0.0", 8, "ipv4"],
  ["169.254.0.0", 16, "ipv4"],
  ["172.16.0.0", 12, "ipv4"],
  ["192.0.0.0", 24, "ipv4"],
  ["192.0.2.0", 24, "ipv4"],
  ["192.168.0.0", 16, "ipv4"],
  ["198.18.0.0", 15, "ipv4"],
  ["198.51.100.0", 24, "ipv4"],
  ["203.0.113.0", 24, "ipv4"],
  ["224.0.0.0", 3, "ipv4"],
  ["::", 127, "ipv6"],
  ["fc00::", 7, "ipv6"],
  ["fe80::", 10, "ipv6"],
  ["ff00::", 8, "ipv6"],
  ["2001:db8::", 32, "ipv6"],
] as const) {
  PRIVATE.addSubnet(network, prefix, family);
}

/** Whether a literal address is private, loopback or reserved; false for a host name. */
export function isPrivateAddress(host: string): boolean {
  const address = host.replace(/^\[|\]$/g, "");
  const version = isIP(address);
  return version !== 0 && PRIVATE.check(address, version === 6 ? "ipv6" : "ipv4");
}

/** What a delivery led to; `status` is 0 when there was no answer. */
export interface Delivered {
  status: number;
  request_headers: Record<string, string>;
  response_data: string;
  response_headers: Record<string, string>;
  /** In seconds. */
  duration: number;
}

/**
 * JSON in the form of Python's `json.dumps(…, ensure_ascii=False)`, over which the signature is made.
 */
export function toPythonJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(toPythonJson).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value ?? null);
  const fields = Object.entries(value).map(
    ([name, field]) => `${JSON.stringify(name)}: ${toPythonJson(field)}`,
  );
  return `{${fields.join(", ")}}`;
}

/** HMAC-SHA1 in hexadecimal, as Taiga signs. */
export const sign = (key: string, body: string): string =>
  createHmac("sha1", key).update(body).digest("hex");

/** Posts a payload; redirects are not followed, and failures become part of the result. */
export async function deliver(
  { url, key }: { url: string; key: string },
  payload: unknown,
  allowPrivate: boolean,
): Promise<Delivered> {
  const body = toPythonJson(payload);
  const signature = sign(key, body);
  const request_headers = {
    "X-TAIGA-WEBHOOK-SIGNATURE": signature,
    "X-Hub-Signature": `sha1=${signature}`,
    "Content-Type": "application/json",
    "Content-Length": String(Buffer.byteLength(body)),
  };
  const started = performance.now();
  try {
    const answer = await post(url, request_headers, body, allowPrivate);
    if (answer.status >= 300 && answer.status < 400) {
      const response_data = "error-in-request: Redirects are not allowed";
      return {
        status: answer.status,
        request_headers,
        response_data,
        response_headers: {},
        duration: 0,
      };
    }
    const duration = Math.round((performance.now() - started) * 1000) / 1_000_000;
    const response_data = JSON.stringify({ content: answer.text });
    return { ...answer, request_headers, response_data, duration };
  } catch (error) {
    const response_data = `error-in-request: ${(error as Error).message}`;
    const sent = error instanceof PrivateAddressError ? {} : request_headers;
    return { status: 0, request_headers: sent, response_data, response_headers: {}, duration: 0 };
  }
}

class PrivateAddressError extends Error {
  override readonly name = "PrivateAddressError";
  constructor() {
    super("Private IP Address not allowed");
  }
}

/** Checks the address to which a name resolves, so that no later look-up can give another one. */
const checkedLookup: LookupFunction = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, addresses) => {
    const [first] = addresses ?? [];
    if (error) callback(error, "");
    else if (addresses.some(({ address }) => isPrivateAddress(address))) {
      callback(new PrivateAddressError() as NodeJS.ErrnoException, "");
    } else if (options.all === true) callback(null, addresses);
    else callback(null, first!.address, first!.family);
  });
};

interface Answer {
  status: number;
  text: string;
  response_headers: Record<string, string>;
}

function post(
  url: string,
  headers: Record<string, string>,
  body: string,
  allowPrivate: boolean,
): Promise<Answer> {
  return new Promise((fulfil, reject) => {
    const target = new URL(url);
    if (!allowPrivate && isPrivateAddress(target.hostname)) throw new PrivateAddressError();
    const request = target.protocol === "https:" ? requestHttps : requestHttp;
    if (target.protocol !== "https:" && target.protocol !== "http:") {
      throw new Error(`Invalid URL '${url}': No connection adapters were found`);
    }
    const outgoing = request(target, {
      method: "POST",
      headers,
      timeout: TIMEOUT_MS,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(!allowPrivate && { lookup: checkedLookup }),
    });
    outgoing.once("error", reject);
    outgoing.once("response", (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size <= MAX_ANSWER_BYTES) chunks.push(chunk);
      });
      response.once("error", reject);
      response.once("end", () => {
        const pairs = Object.entries(response.headers).map(([name, value]) => [
          name,
          String(value),
        ]);
        fulfil({
          status: response.statusCode ?? 0,
          text: Buffer.concat(chunks).toString("utf8"),
          response_headers: Object.fromEntries(pairs) as Record<string, string>,
        });
      });
    });
    outgoing.end(body);
  });
}
