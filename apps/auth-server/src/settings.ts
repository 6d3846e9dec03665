import { port, seconds, sharedSettings } from "@taiga-mcp/service";
import { z } from "zod";

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
  // One that is written and names nobody must not mean everybody.
  .refine((hosts) => hosts.length > 0 && hosts.every((host) => HOST.test(host)), {
    error: "must be host names without scheme and port, comma separated",
  });

/** The keys that a text names, separated by commas. */
export const toKeyTexts = (text: string): string[] => text.split(",").map((key) => key.trim());

const TAIGA_LOGINS = ["password", "application", "both"] as const;

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
    description: "The address the authorization server listens on for clients and browsers.",
  }),
  AUTH_SERVER_PRIVATE_HOST: z.string().min(1).default("127.0.0.1").meta({
    description:
      "The address the authorization server listens on for the resource server; never reachable from outside.",
  }),
  AUTH_SERVER_PRIVATE_PORT: port.default(3011).meta({
    description: "The port the authorization server listens on for the resource server.",
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
        "What the keys in the store are sealed with, and so everything secret there: 32 random bytes as base64url. To replace it, put the new key first and the old one behind a comma, restart, then take the old one out (docs/operations.md).",
      defaultText: "made at first start, in DATA_DIR",
      secret: true,
    }),
  TAIGA_LOGIN_TYPE: z.string().min(1).default("normal").meta({
    description: "How Taiga checks the password: normal, or the name of a plugin such as ldap.",
  }),
  TAIGA_LOGIN: z
    .enum(TAIGA_LOGINS, `must be one of ${TAIGA_LOGINS.join(", ")}`)
    .default("password")
    .meta({
      description:
        "How users log in: password (typed into this server's login page), application (on Taiga's own pages, see docs/login.md), or both.",
    }),
  TAIGA_APPLICATION_ID: z
    .string()
    .regex(/^[\w-]{1,255}$/, "must be the id of an application as Taiga shows it, a UUID")
    .optional()
    .meta({
      description:
        "The id of the external application that Taiga's administrator has registered for this server, with the next URL <issuer>/taiga/callback; needed unless TAIGA_LOGIN is password.",
    }),
  ALLOWED_USERS: list.optional().meta({
    description:
      "The Taiga user names that may log in, separated by commas. Left out, as ALLOWED_EMAIL_DOMAINS: everybody in your Taiga.",
  }),
  ALLOWED_EMAIL_DOMAINS: list
    .refine((domains) => domains.every((domain) => DOMAIN.test(domain)), {
      error: "must be domains such as example.com, separated by commas",
    })
    .optional()
    .meta({
      description:
        "The domains of the e-mail addresses, verified by Taiga, whose owners may log in, separated by commas; in addition to ALLOWED_USERS.",
    }),
  ACCESS_TOKEN_TTL_SECONDS: seconds
    .min(600, "must be at least 600: some clients refresh at every use below that")
    .max(3600, "must be at most 3600")
    .default(1800)
    .meta({ description: "How long an access token is good for." }),
  GRANT_TTL_SECONDS: seconds
    .min(2 * 3600, "must be at least 7200")
    .max(90 * DAY_SECONDS, "must be at most 7776000, half the time a client is remembered")
    .default(30 * DAY_SECONDS)
    .meta({ description: "How long a login lasts after it was last used." }),
  AUTHORIZATION_CODE_TTL_SECONDS: seconds
    .max(600, "must be at most 600 (RFC 6749 section 4.1.2)")
    .default(60)
    .meta({ description: "How long a client may take to exchange its authorization code." }),
  REFRESH_GRACE_SECONDS: z.coerce
    .number("must be a number of seconds")
    .int("must be a whole number of seconds")
    .min(0, "must be at least 0")
    .max(30, "must be at most 30")
    .default(30)
    .meta({
      description:
        "How long a client that presents a just-used refresh token again gets the same answer again instead of losing its login. 0 turns that off.",
    }),
  MAX_GRANTS_PER_USER: z.coerce
    .number("must be a number")
    .int("must be a whole number")
    .min(1, "must be at least 1")
    .max(1000, "must be at most 1000")
    .default(50)
    .meta({
      description:
        "How many logins of AI clients one user may have at a time. One more ends the one that was unused for the longest time.",
    }),
  REGISTRATIONS_PER_HOUR: z.coerce
    .number("must be a number")
    .int("must be a whole number")
    .positive("must be more than 0")
    .default(60)
    .meta({
      description:
        "How many clients one network address (of IPv6: one /64) may register in an hour.",
    }),
  REGISTRATIONS_PER_HOUR_TOTAL: z.coerce
    .number("must be a number")
    .int("must be a whole number")
    .positive("must be more than 0")
    .default(1000)
    .meta({ description: "How many clients may register in an hour altogether." }),
  CLIENT_ID_METADATA_DOCUMENTS: z
    .enum(["auto", "on", "off"], "must be auto, on or off")
    .default("auto")
    .meta({
      description:
        "Whether a client may name itself by the https address of a metadata document, which is fetched from there, instead of registering. auto: only with a public https address. Clients that can do so do nothing else then, so choose off where this service cannot reach the internet.",
    }),
  CLIENT_DOCUMENT_ALLOWED_HOSTS: hostList.default([]).meta({
    description:
      "The only hosts that clients' metadata documents may be on, comma separated; *.example.com is every host below example.com.",
    defaultText: "every public host",
  }),
  CLIENT_DOCUMENT_DENIED_HOSTS: hostList.default([]).meta({
    description: "Hosts that clients' metadata documents may not be on, written the same way.",
    defaultText: "none",
  }),
});

/** What the environment says, each value checked by itself. */
export type Settings = z.output<typeof AuthServerSettings>;
