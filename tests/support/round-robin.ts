import { once } from "node:events";
import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface RoundRobin {
  /** Bare origin. */
  url: string;
  close(): Promise<void>;
}

/**
 * A minimal load balancer: each request goes to the next target; a target that accepts no
 * connection is skipped. A request that was sent is never repeated: the client then gets 502.
 *
 * @param port where to listen.
 * @param targets bare origins.
 */
export async function startRoundRobin(
  port: number,
  targets: readonly string[],
): Promise<RoundRobin> {
  let turn = 0;
  const server = createServer((req, res) => {
    void readBody(req).then((body) => {
      turn += 1;
      forward(req, res, body, [...targets.slice(turn % targets.length), ...targets]);
    });
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

function forward(
  req: IncomingMessage,
  res: ServerResponse,
  body: Buffer,
  [target, ...others]: readonly string[],
): void {
  const { method, url: path, headers } = req;
  const { hostname, port } = new URL(target ?? "");
  // A new connection per request, so that a dead target is noticed before anything is sent.
  const outgoing = request({ hostname, port, method, path, headers, agent: false });
  outgoing.on("response", (answer) => {
    res.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(res);
    answer.on("error", () => res.destroy());
  });
  outgoing.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "ECONNREFUSED" && others.length > 0) forward(req, res, body, others);
    else if (res.headersSent) res.destroy();
    else res.writeHead(502).end();
  });
  res.on("close", () => outgoing.destroy());
  outgoing.end(body);
}

async function readBody(req: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
