// Taiga as organisations run it: behind TLS with a private certificate authority, below a path of a
// host that also serves other sites, and with a plugin that checks the passwords.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type IncomingMessage, request, type ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

const TLS_FOLDER = "packages/taiga-client/test/fixtures/tls";

/** The authority behind the front's certificate, which is for `localhost` and `taiga.test`. */
export const AUTHORITY_FILE = `${TLS_FOLDER}/ca.pem`;

export interface TaigaFront {
  port: number;
  /** The requests received, such as `GET /taiga/api/v1/users/me`. */
  readonly asked: readonly string[];
  /** The `type` of every login. */
  readonly loginTypes: readonly string[];
  close(): Promise<void>;
}

export interface TaigaFrontOptions {
  sandboxPort: number;
  /** Path of Taiga, such as `/taiga`; all other paths get 404. */
  path: string;
  /** The only accepted login `type`, as with a plugin such as taiga-contrib-ldap-auth. */
  loginType: string;
}

/** Proxies to the sandbox on this machine, which may be started later. */
export async function startTaigaFront(options: TaigaFrontOptions): Promise<TaigaFront> {
  const { sandboxPort, path, loginType } = options;
  const asked: string[] = [];
  const loginTypes: string[] = [];

  async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { method = "GET", url = "/", headers } = req;
    asked.push(`${method} ${url}`);
    const body = await text(req);
    if (!url.startsWith(`${path}/`)) {
      res.writeHead(404, { "content-type": "text/html" }).end("<h1>No Taiga here</h1>");
      return;
    }
    const below = url.slice(path.length);
    const content = below === "/api/v1/auth" ? toSandboxLogin(body) : body;
    const onward = request(
      {
        host: "127.0.0.1",
        port: sandboxPort,
        method,
        path: below,
        headers: withoutLength(headers),
      },
      (answer) => {
        res.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(res);
      },
    );
    onward.on("error", () => res.writeHead(502).end());
    onward.end(content);
  }

  /** The sandbox supports only the type `normal`. */
  function toSandboxLogin(body: string): string {
    const login = JSON.parse(body) as { type: string };
    loginTypes.push(login.type);
    return JSON.stringify({ ...login, type: login.type === loginType ? "normal" : "not offered" });
  }

  const server = createServer(
    {
      cert: readFileSync(`${TLS_FOLDER}/localhost.pem`),
      key: readFileSync(`${TLS_FOLDER}/localhost-key.pem`),
    },
    (req, res) => void serve(req, res),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    loginTypes,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function withoutLength(headers: IncomingMessage["headers"]): IncomingMessage["headers"] {
  const { "content-length": _changed, ...others } = headers;
  return others;
}
