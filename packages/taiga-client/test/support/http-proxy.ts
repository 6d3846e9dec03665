import { once } from "node:events";
import { createServer, request } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";

/** How a proxy behaves towards who asks for a tunnel; a number is the status of a refusal. */
type TunnelAnswer = "open" | "hang" | "cut" | number;

export interface HttpProxy {
  url: string;
  /** One entry for each CONNECT (`CONNECT taiga.test:443`) and each forwarded request (`GET http://…`). */
  readonly asked: readonly string[];
  /** The `Proxy-Authorization` headers that came. */
  readonly credentials: readonly (string | undefined)[];
  /** From the next tunnel on; the answers are used in their order, then all are open. */
  answerNext(...answers: TunnelAnswer[]): void;
  close(): Promise<void>;
}

/**
 * A small HTTP proxy: opens tunnels (RFC 9110 §9.3.6) and forwards requests in absolute form.
 * Whatever host it is asked for, it leads to `port` on this machine: it is the one that knows names.
 */
export async function startHttpProxy({ port }: { port: number }): Promise<HttpProxy> {
  const asked: string[] = [];
  const credentials: (string | undefined)[] = [];
  const answers: TunnelAnswer[] = [];
  const sockets = new Set<Socket>();
  const note = (what: string, authorization: string | undefined): TunnelAnswer => {
    asked.push(what);
    credentials.push(authorization);
    return answers.shift() ?? "open";
  };

  const server = createServer((req, res) => {
    const answer = note(`${req.method} ${req.url}`, req.headers["proxy-authorization"]);
    if (typeof answer === "number") {
      res.writeHead(answer).end("refused by the proxy");
      return;
    }
    const { pathname, search } = new URL(req.url ?? "");
    const { "proxy-authorization": _ours, ...headers } = req.headers;
    const onward = {
      host: "127.0.0.1",
      port,
      path: pathname + search,
      method: req.method,
      headers,
    };
    req.pipe(
      request(onward, (from) => {
        res.writeHead(from.statusCode ?? 502, from.headers);
        from.pipe(res);
      }).on("error", () => res.destroy()),
    );
  });
  server.on("connect", (req, socket: Socket, head: Buffer) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    const answer = note(`CONNECT ${req.url}`, req.headers["proxy-authorization"]);
    if (answer === "hang") return;
    if (answer === "cut") socket.destroy();
    else if (answer === "open") openTunnel(socket, head, port);
    else socket.end(`HTTP/1.1 ${answer} Refused\r\nContent-Length: 0\r\n\r\n`);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    credentials,
    answerNext: (...next) => void answers.push(...next),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function openTunnel(inner: Socket, head: Buffer, port: number): void {
  const outer = connect(port, "127.0.0.1", () => {
    inner.write("HTTP/1.1 200 Connection established\r\n\r\n");
    outer.write(head);
    inner.pipe(outer).pipe(inner);
  });
  outer.on("error", () => inner.destroy());
  outer.on("close", () => inner.destroy());
  inner.on("close", () => outer.destroy());
}
