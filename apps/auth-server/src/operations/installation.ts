import { ACCESS_LEVELS } from "@taiga-mcp/service";
import { z } from "zod";

/**
 * What came of asking Taiga something that needs no login:
 *
 * - `ok`: a Taiga answered, one that takes the logins we make.
 * - `throttled`: a Taiga answered that it wants no more requests now.
 * - `timeout`: nothing came in time.
 * - `unreachable`: no connection; `errorCode` says why.
 * - `certificate`: a connection, but its certificate is not trusted or not for this name.
 * - `proxy`: the proxy on the way did not let us through, or is away itself.
 * - `failing`: something that stands for Taiga answered 5xx.
 * - `not_taiga`: an answer that no Taiga gives.
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

/** How an installation is set up and how it is: the answer of GET /admin/status. */
export const Installation = z.object({
  version: z.string(),
  /** Epoch seconds. */
  startedAt: z.int(),
  issuer: z.string(),
  /** The MCP endpoint as clients enter it. */
  resource: z.string(),
  /** TRUST_PROXY. */
  proxyCount: z.int(),
  store: z.object({
    kind: z.enum(["sqlite", "redis"]),
    /** A file, or an address without user and password. */
    place: z.string(),
    answers: z.boolean(),
    weaknesses: z.array(z.enum(["forgets", "evicts"])),
  }),
  /** Whether the key ring in the store could be read lately; without it nothing is served. */
  knowsKeys: z.boolean(),
  taiga: z.object({
    apiUrl: z.string(),
    webUrl: z.string(),
    hasProxy: z.boolean(),
    outcome: z.enum(TAIGA_OUTCOMES),
    /** Of the answer, where there was one. */
    status: z.int().optional(),
    /** Such as `ENOTFOUND`. */
    errorCode: z.string().optional(),
  }),
  login: z.object({
    /** TAIGA_LOGIN_TYPE, when the login page takes a password. */
    passwordType: z.string().optional(),
    /** When people may log in on Taiga's own pages. */
    application: z.object({ id: z.string(), nextUrl: z.string() }).optional(),
  }),
  /** Who may come in; both empty: everybody. */
  admission: z.object({ users: z.array(z.string()), emailDomains: z.array(z.string()) }),
  accessLimit: z.enum(ACCESS_LEVELS),
  takesClientDocuments: z.boolean(),
  /** Readers of this process's stream of revocations. */
  resourceServers: z.int(),
});
export type Installation = z.output<typeof Installation>;
export type TaigaOutcome = Installation["taiga"]["outcome"];
