import { count, port, seconds, sharedSettings } from "@taiga-mcp/service";
import { z } from "zod";
import { isReservedScheme } from "./clients/redirect-uri.ts";

const DAY_SECONDS = 86_400;

/** 32 bytes as base64url without padding. */
export const MASTER_KEY = /^[\w-]{43}$/;

const HOST =
  /^(\*\.)?[a-z\d]([a-z\d-]*[a-z\d])?(\.[a-z\d]([a-z\d-]*[a-z\d])?)*$|^[\da-f:]+:[\da-f:.]*$/;

/** Host names and addresses, with `*.` for all below a name. */
const hostList = z
  .string()
  .transform((text) =>
    text
      .split(",")
      .map((host) => host.trim().toLowerCase())
      .filter((host) => host !== ""),
  )
  // An empty list must not mean every host.
  .refine((hosts) => hosts.length > 0 && hosts.every((host) => HOST.test(host)), {
    error: "must be host names without scheme and port, comma separated",
  });

/** The keys that a text names, separated by commas. */
export const toKeyTexts = (text: string): string[] => text.split(",").map((key) => key.trim());

const TAIGA_LOGINS = ["password", "application", "both"] as const;

/** RFC 3986 §3.1. */
const SCHEME = /^[a-z][a-z\d+.-]*$/;

const DOMAIN = /^[a-z\d]([a-z\d-]*[a-z\d])?(\.[a-z\d]([a-z\d-]*[a-z\d])?)+$/;

/** Names separated by commas, which mean the same in upper and lower case. */
const list = z
  .string()
  .transform((text) => text.split(",").map((part) => part.trim().toLowerCase()))
  .refine((parts) => !parts.includes(""), "must be names separated by commas");

/** Every setting of the authorization server, with its description. */
export const AuthServerSettings = z.object({
  ...sharedSettings,
  AUTH_SERVER_HOST: z.string().min(1).default("127.0.0.1").meta({
    description: "The address on which the authorization server listens for clients and browsers.",
  }),
  AUTH_SERVER_PRIVATE_HOST: z.string().min(1).default("127.0.0.1").meta({
    description:
      "The address of the private listener, for the resource server and the operator; it must not be reachable from outside.",
  }),
  AUTH_SERVER_PRIVATE_PORT: port.default(3011).meta({
    description: "The port of the private listener.",
  }),
  MASTER_KEY: z
    .string()
    .transform(toKeyTexts)
    .refine((keys) => keys.every((key) => MASTER_KEY.test(key)), {
      error: "must be one or more keys of 32 random bytes as base64url, comma separated",
    })
    .optional()
    .meta({
      description:
        "The key that encrypts the key ring in the store, and through it every secret there: 32 random bytes as base64url. To replace it, put the new key first and the old one after a comma, restart, then remove the old one and restart again (docs/operations.md).",
      defaultText: "made at first start, in DATA_DIR",
      secret: true,
    }),
  TAIGA_LOGIN_TYPE: z.string().min(1).default("normal").meta({
    description: "How Taiga checks passwords: normal, or the name of a plug-in such as ldap.",
  }),
  TAIGA_LOGIN: z
    .enum(TAIGA_LOGINS, `must be one of ${TAIGA_LOGINS.join(", ")}`)
    .default("password")
    .meta({
      description:
        "How users log in: password (on this server's login page), application (on Taiga's own pages, see docs/login.md), or both.",
    }),
  TAIGA_APPLICATION_ID: z
    .string()
    .regex(/^[\w-]{1,255}$/, "must be the id of an application as Taiga shows it, a UUID")
    .optional()
    .meta({
      description:
        "The id of the external application that Taiga's administrator registered for this server, with the next URL <issuer>/taiga/callback. Required unless TAIGA_LOGIN is password.",
    }),
  ALLOWED_USERS: list.optional().meta({
    description:
      "Comma-separated Taiga user names that may log in. If neither this nor ALLOWED_EMAIL_DOMAINS is set, every Taiga user may log in.",
  }),
  ALLOWED_EMAIL_DOMAINS: list
    .refine((domains) => domains.every((domain) => DOMAIN.test(domain)), {
      error: "must be domains such as example.com, separated by commas",
    })
    .optional()
    .meta({
      description:
        "Comma-separated e-mail domains: users whose address in them is verified by Taiga may log in, in addition to ALLOWED_USERS.",
    }),
  ACCESS_TOKEN_TTL_SECONDS: seconds({
    minimum: 600,
    maximum: 3600,
    because: "with less, some clients refresh at every use",
  })
    .default(1800)
    .meta({ description: "The lifetime of an access token, in seconds." }),
  GRANT_TTL_SECONDS: seconds({
    minimum: 2 * 3600,
    maximum: 90 * DAY_SECONDS,
    because: "an idle client registration expires after twice the longest time",
  })
    .default(30 * DAY_SECONDS)
    .meta({ description: "How long a login lasts after its last use, in seconds." }),
  AUTHORIZATION_CODE_TTL_SECONDS: seconds({
    minimum: 10,
    maximum: 600,
    because: "RFC 6749 section 4.1.2 recommends ten minutes at most",
  })
    .default(60)
    .meta({
      description: "How long a client may take to redeem an authorization code, in seconds.",
    }),
  REFRESH_GRACE_SECONDS: seconds({ minimum: 0, maximum: 30 }).default(30).meta({
    description:
      "For how many seconds a client that reuses its previous refresh token gets the same answer again instead of losing its login. 0 turns this off.",
  }),
  MAX_GRANTS_PER_USER: count({ minimum: 1, maximum: 1000 }).default(50).meta({
    description:
      "The maximum number of client logins a user can have at the same time. A further login ends the least recently used one.",
  }),
  MAX_PENDING_LOGINS: count({ minimum: 1, maximum: 1_000_000 }).default(10_000).meta({
    description:
      "How many login pages can be open at the same time before anybody has logged in. When there are more, the oldest end: first those of addresses that opened many, then those of others. Each takes at most 8 kB in the store, for ten minutes.",
  }),
  REGISTRATIONS_PER_HOUR: count({ minimum: 1, maximum: 1_000_000 }).default(300).meta({
    description:
      "The maximum number of client registrations per hour from one network address (for IPv6, one /64). The default is enough for an office of 30 people behind one address, with ten registrations each.",
  }),
  REGISTRATIONS_PER_HOUR_TOTAL: count({ minimum: 1, maximum: 1_000_000 }).default(3000).meta({
    description:
      "The maximum number of client registrations per hour from all addresses together. The first three of each address within an hour are always accepted and do not count, so that a flood does not stop newcomers. Keep the number well above REGISTRATIONS_PER_HOUR, so that a few addresses cannot use it up.",
  }),
  MAX_UNUSED_REGISTRATIONS: count({ minimum: 1, maximum: 1_000_000 }).default(10_000).meta({
    description:
      "How many client registrations the store keeps that no user has consented to. When there are more, the oldest are deleted: first those of addresses that registered many clients, then those of others. Clients that users have connected are not counted and never deleted for this. The same number limits the copies of client metadata documents. Each takes at most 12 kB.",
  }),
  ALLOWED_REDIRECT_SCHEMES: list
    .refine((schemes) => schemes.every((scheme) => SCHEME.test(scheme)), {
      error: "must be schemes such as myeditor, without a colon, separated by commas",
    })
    .refine((schemes) => !schemes.some(isReservedScheme), {
      error: "must not contain http, https or a scheme that runs code or reads data",
    })
    .default([])
    .meta({
      description:
        "Comma-separated schemes without a dot, such as myeditor, that clients may use in redirect URIs in addition to those of well-known editors. Every program on a user's computer can claim such a scheme, so name only what your users have installed.",
      defaultText: "none",
    }),
  CLIENT_ID_METADATA_DOCUMENTS: z
    .enum(["auto", "on", "off"], "must be auto, on or off")
    .default("auto")
    .meta({
      description:
        "Whether a client may identify itself by the https URL of a metadata document, which this server fetches, instead of registering. auto: only if this server has a public https address. Clients that support such documents stop registering when they are on, so choose off if this server cannot reach the internet.",
    }),
  CLIENT_DOCUMENT_ALLOWED_HOSTS: hostList.default([]).meta({
    description:
      "Comma-separated hosts from which client metadata documents are accepted; *.example.com means every host below example.com.",
    defaultText: "every public host",
  }),
  CLIENT_DOCUMENT_DENIED_HOSTS: hostList.default([]).meta({
    description:
      "Comma-separated hosts from which client metadata documents are rejected, in the same format.",
    defaultText: "none",
  }),
});

/** What the environment says, each value checked by itself. */
export type Settings = z.output<typeof AuthServerSettings>;
