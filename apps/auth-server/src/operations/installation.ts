import { ACCESS_LEVELS } from "@taiga-mcp/service";
import { STORE_WEAKNESSES } from "@taiga-mcp/store";
import { z } from "zod";

/**
 * Outcome of a request to Taiga that needs no login:
 *
 * - `ok`: a supported Taiga answered.
 * - `throttled`: Taiga answered, but throttles this server.
 * - `timeout`: no answer in time.
 * - `unreachable`: no connection; `errorCode` says why.
 * - `certificate`: the server's certificate is not trusted or is for another name.
 * - `proxy`: the proxy refused the connection, or is unreachable itself.
 * - `failing`: the answer was 5xx.
 * - `not_taiga`: the answer is not one of Taiga's.
 */
export const TAIGA_OUTCOMES = [
  "ok",
  "throttled",
  "timeout",
  "unreachable",
  "certificate",
  "proxy",
  "failing",
  "not_taiga",
] as const;

/** Configuration and state of an installation: the response of GET /admin/status. */
export const Installation = z.object({
  version: z.string(),
  /** Epoch seconds. */
  startedAt: z.int(),
  issuer: z.string(),
  /** The MCP endpoint. */
  resource: z.string(),
  /** TRUST_PROXY. */
  proxyCount: z.int(),
  store: z.object({
    kind: z.enum(["sqlite", "redis"]),
    /** A file, or an address without user and password. */
    place: z.string(),
    answers: z.boolean(),
    weaknesses: z.array(z.enum(STORE_WEAKNESSES)),
    /** What the store does not tell about itself. */
    unknown: z.array(z.enum(STORE_WEAKNESSES)),
    /** How far this machine's clock is ahead of the store's, in seconds; negative when behind. */
    clockAheadSeconds: z.int(),
  }),
  /** Whether the key ring was read recently; if not, requests are answered with 503. */
  knowsKeys: z.boolean(),
  taiga: z.object({
    apiUrl: z.string(),
    webUrl: z.string(),
    hasProxy: z.boolean(),
    outcome: z.enum(TAIGA_OUTCOMES),
    /** HTTP status of the answer; absent when there was none. */
    status: z.int().optional(),
    /** Such as `ENOTFOUND`. */
    errorCode: z.string().optional(),
  }),
  login: z.object({
    /** TAIGA_LOGIN_TYPE; absent when the login page does not take passwords. */
    passwordType: z.string().optional(),
    /** Absent when users cannot log in on Taiga's own pages. */
    application: z.object({ id: z.string(), nextUrl: z.string() }).optional(),
  }),
  /** Who may use this installation; with two empty lists, every user of this Taiga. */
  admission: z.object({ users: z.array(z.string()), emailDomains: z.array(z.string()) }),
  accessLimit: z.enum(ACCESS_LEVELS),
  takesClientDocuments: z.boolean(),
  /** Number of readers of this process's revocation stream. */
  resourceServers: z.int(),
});
export type Installation = z.output<typeof Installation>;
export type TaigaOutcome = Installation["taiga"]["outcome"];
