import { Pool } from "undici";
import {
  basicAuth,
  connect,
  register,
  type Tokens,
} from "../apps/auth-server/test/support/client.ts";
import { RESOURCE } from "../apps/auth-server/test/support/system.ts";
import type { Contestant, Target } from "./race.ts";

const CLIENTS = 32;
/** A login is eight requests of a browser and a client; more would exceed the rate limit. */
const LOGIN_CLIENTS = 2;
const LOGINS_PER_TURN = 12;

const FORM = { "content-type": "application/x-www-form-urlencoded" };
const MCP = {
  "content-type": "application/json",
  accept: "application/json, text/event-stream",
  authorization: "Bearer a-token",
};

const times = <Value>(count: number, make: () => Value): Value[] =>
  Array.from({ length: count }, make);

interface Message {
  method: "GET" | "POST";
  path: string;
  headers?: Record<string, string>;
  body?: string;
}

/** Sends one request over a kept connection. */
async function send(pool: Pool, message: Message): Promise<string> {
  const { statusCode, body } = await pool.request(message);
  const text = await body.text();
  if (statusCode !== 200) throw new Error(`${message.path}: ${statusCode} ${text}`);
  return text;
}

const poolOf = (url: string): Pool => new Pool(new URL(url).origin, { connections: CLIENTS });

/** The same request from each client. */
function repeating(
  name: string,
  target: Target,
  message: Message,
  url: string = target.url,
): Contestant {
  const pool = poolOf(url);
  return {
    name,
    target,
    clients: times(CLIENTS, () => async () => {
      await send(pool, message);
    }),
  };
}

export const hello = (target: Target): Contestant =>
  repeating("bare Express: hello", target, { method: "GET", path: "/" });

/** `POST /introspect` of a live token, where the resource server asks. */
export async function introspection(store: string, target: Target): Promise<Contestant> {
  const { tokens } = await connect({ issuer: target.url });
  const message: Message = {
    method: "POST",
    path: "/introspect",
    headers: { ...FORM, ...basicAuth() },
    body: new URLSearchParams({ token: tokens.access_token }).toString(),
  };
  return repeating(`introspection, ${store}`, target, message, target.privateUrl);
}

/** `POST /token` with a refresh token that rotates each time; one connected user per client. */
export async function refreshing(store: string, target: Target): Promise<Contestant> {
  const system = { issuer: target.url };
  const pool = poolOf(target.url);
  const clientId = await register(system);
  const clients: (() => Promise<void>)[] = [];
  for (let client = 0; client < CLIENTS; client += 1) {
    let { tokens } = await connect(system, { clientId });
    clients.push(async () => {
      const body = new URLSearchParams({
        grant_type: "refresh_token",
        client_id: clientId,
        refresh_token: tokens.refresh_token,
        resource: RESOURCE,
      }).toString();
      const answer = await send(pool, { method: "POST", path: "/token", headers: FORM, body });
      tokens = JSON.parse(answer) as Tokens;
    });
  }
  return { name: `refresh, ${store}`, target, clients };
}

/** From /authorize to the tokens: login page, consent and code, without Taiga's share. */
export async function login(store: string, target: Target): Promise<Contestant> {
  const system = { issuer: target.url };
  const clientId = await register(system);
  return {
    name: `login with a code, ${store}`,
    target,
    clients: times(LOGIN_CLIENTS, () => async () => {
      await connect(system, { clientId });
    }),
    maxRequests: LOGINS_PER_TURN,
  };
}

/** One JSON-RPC request of the 2025 era. */
export const mcp = (
  name: string,
  target: Target,
  method: string,
  params: object = {},
): Contestant =>
  repeating(name, target, {
    method: "POST",
    path: new URL(target.url).pathname,
    headers: MCP,
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  });
