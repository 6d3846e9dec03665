import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { View } from "./view.ts";
import { createSandbox, type Sandbox, type SandboxOptions } from "../../src/index.ts";

/** A moment within the recording of the real server. */
export const START = new Date("2026-11-20T06:08:00.000Z");

export interface Answer<Body = View> {
  status: number;
  headers: Headers;
  /** Parsed JSON, the text of anything else, null for an empty body. */
  body: Body;
}

/** The tokens that a login answers. */
export interface Login {
  auth_token: string;
  refresh: string;
}

export interface Call {
  /** A user name; left out, the request is anonymous. */
  as?: string;
  body?: unknown;
  headers?: Record<string, string>;
}

export interface Api {
  sandbox: Sandbox;
  baseUrl: string;
  /** Moves the sandbox's clock. */
  pass(seconds: number): void;
  /** @param request method and path, such as `GET /users/me`. */
  call<Body = View>(request: string, call?: Call): Promise<Answer<Body>>;
  /** The tokens of a user, logged in once. */
  login(username: string): Promise<Login>;
  close(): Promise<void>;
}

/** A sandbox behind a real socket, with a clock that stands still unless it is told to move. */
export async function startApi(options: Partial<SandboxOptions> = {}): Promise<Api> {
  let now = START.getTime();
  const sandbox = createSandbox({
    clock: () => new Date(now),
    secret: "a secret of the tests, long enough",
    seed: "observed",
    ...options,
  });
  const server = createServer(sandbox.app);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1`;
  const logins = new Map<string, Promise<Login>>();

  const call = async <Body>(
    request: string,
    { as, body, headers }: Call = {},
  ): Promise<Answer<Body>> => {
    const [method, path] = request.split(" ") as [string, string];
    const token = as === undefined ? undefined : (await api.login(as)).auth_token;
    const isText = typeof body === "string";
    const isForm = body instanceof FormData;
    const response = await fetch(`${baseUrl}${path}`, {
      method,
      headers: {
        ...(body !== undefined && !isText && !isForm && { "Content-Type": "application/json" }),
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body !== undefined && { body: isText || isForm ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json") === true;
    const parsed: unknown = isJson && text !== "" ? JSON.parse(text) : text || null;
    return { status: response.status, headers: response.headers, body: parsed as Body };
  };
  const api: Api = {
    sandbox,
    baseUrl,
    pass: (seconds) => {
      now += seconds * 1000;
    },
    call,
    login: (username) => {
      const body = { type: "normal", username, password: `${username}-password` };
      const login =
        logins.get(username) ?? call<Login>("POST /auth", { body }).then((res) => res.body);
      logins.set(username, login);
      return login;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return api;
}
