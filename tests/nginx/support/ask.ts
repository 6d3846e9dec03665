// Sends requests exactly as written: no retries, no redirects, no decoding, and repeated headers
// stay repeated.
import { once } from "node:events";
import { Agent, type IncomingMessage, request as httpRequest } from "node:http";
import { type Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { connect as connectTls } from "node:tls";
import type { Site } from "./site.ts";

export interface Answer {
  status: number;
  /** Every value of a header, in order. */
  all: (name: string) => string[];
  header: (name: string) => string | undefined;
  text: string;
}

export interface Question {
  method?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  /** The host name in SNI and, with the port, in Host. */
  host?: string;
  /** The plain port instead. */
  plain?: boolean;
  /** Sends the request on this agent's connections instead of a new one. */
  agent?: HttpsAgent;
}

/** The host name that the tests' site is reached by. */
export const HOST = "taiga-mcp.example.com";

/** Sends one request on a new connection. */
export async function ask(site: Site, path: string, question: Question = {}): Promise<Answer> {
  const response = await open(site, path, question);
  let text = "";
  for await (const chunk of response) text += String(chunk);
  return toAnswer(response, text);
}

/** Resolves with the answer's head; the caller reads the body. */
export async function open(
  site: Site,
  path: string,
  question: Question = {},
): Promise<IncomingMessage> {
  const { method = "GET", headers = {}, body, host = HOST, plain = false } = question;
  const port = plain ? site.httpPort : site.httpsPort;
  const options = {
    host: "127.0.0.1",
    port,
    path,
    method,
    agent: plain ? new Agent() : undefined,
    headers: { host: `${host}:${port}`, ...headers },
  };
  const request = plain
    ? httpRequest(options)
    : httpsRequest({ ...options, agent: question.agent ?? false, ca: site.ca, servername: host });
  request.end(body);
  const [response] = (await once(request, "response")) as [IncomingMessage];
  return response;
}

function toAnswer(response: IncomingMessage, text: string): Answer {
  const all = (name: string): string[] =>
    response.rawHeaders.flatMap((header, index) =>
      index % 2 === 0 && header.toLowerCase() === name.toLowerCase()
        ? [response.rawHeaders[index + 1] ?? ""]
        : [],
    );
  return { status: response.statusCode ?? 0, all, header: (name) => all(name)[0], text };
}

/** Sends raw bytes, which no HTTP library would, and returns the whole answer. */
export async function askRaw(site: Site, bytes: string): Promise<string> {
  const socket = connectTls({
    host: "127.0.0.1",
    port: site.httpsPort,
    ca: site.ca,
    servername: HOST,
  });
  await once(socket, "secureConnect");
  socket.write(bytes);
  let text = "";
  socket.on("data", (chunk) => (text += chunk.toString()));
  await once(socket, "close");
  return text;
}
