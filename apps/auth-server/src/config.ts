import {
  ConfigurationError,
  type Environment,
  isLoopback,
  readEnvironment,
  resolveOwnSecret,
  resolveSharedConfig,
} from "@taiga-mcp/service";
import type { MasterKeys } from "./secrets/ring-envelope.ts";
import { AuthServerSettings, MASTER_KEY, type Settings, toKeyTexts } from "./settings.ts";

/** How much longer than its code a new grant lives, so that the code is what ends first. */
const NEW_GRANT_SPARE_SECONDS = 600;

/** What the authorization server runs with, resolved and checked, grouped by who takes it. */
export type Config = ReturnType<typeof parseConfig>;

/**
 * Reads the configuration once, before anything opens a port. With a SQLite store, keys that are
 * not given are made and kept in DATA_DIR; replicas on Redis must be given theirs.
 *
 * @throws {ConfigurationError} that names the variable and the rule.
 */
export function parseConfig(environment: Environment) {
  const settings = readEnvironment(AuthServerSettings, environment);
  const shared = resolveSharedConfig(settings);
  return {
    ...shared,
    listeners: {
      public: {
        host: settings.AUTH_SERVER_HOST,
        port: settings.AUTH_SERVER_PORT,
        setting: "AUTH_SERVER_PORT",
      },
      private: {
        host: settings.AUTH_SERVER_PRIVATE_HOST,
        port: settings.AUTH_SERVER_PRIVATE_PORT,
        setting: "AUTH_SERVER_PRIVATE_PORT",
      },
      /** Host names of the private listener. */
      privateNames: [
        new URL(settings.AUTH_SERVER_INTERNAL_URL).hostname,
        settings.AUTH_SERVER_PRIVATE_HOST.toLowerCase(),
        ...(settings.AUTH_SERVER_PRIVATE_NAMES ?? []),
      ],
      /** Reverse proxies in front; used for client addresses only. */
      trustProxy: settings.TRUST_PROXY,
    },
    masterKeys: resolveMasterKeys(settings),
    login: {
      /** Whether the login page takes a password. */
      offersPassword: settings.TAIGA_LOGIN !== "application",
      /** How Taiga checks it. */
      passwordType: settings.TAIGA_LOGIN_TYPE,
      /** Of our application at Taiga; with one, users may log in on Taiga's own pages. */
      applicationId: resolveApplicationId(settings),
      /** How many authorization requests without a login are kept. */
      maxPending: settings.MAX_PENDING_LOGINS,
      allowLists: {
        users: settings.ALLOWED_USERS ?? [],
        emailDomains: settings.ALLOWED_EMAIL_DOMAINS ?? [],
      },
    },
    tokens: {
      accessTokenTtlSeconds: settings.ACCESS_TOKEN_TTL_SECONDS,
      authorizationCodeTtlSeconds: settings.AUTHORIZATION_CODE_TTL_SECONDS,
      refreshGraceSeconds: settings.REFRESH_GRACE_SECONDS,
    },
    grants: {
      /** How long a login lasts after it was last used. */
      grantTtlSeconds: settings.GRANT_TTL_SECONDS,
      /** How long a grant waits for its code to be exchanged; before that it is not used. */
      newGrantTtlSeconds: settings.AUTHORIZATION_CODE_TTL_SECONDS + NEW_GRANT_SPARE_SECONDS,
      maxGrantsPerUser: settings.MAX_GRANTS_PER_USER,
    },
    clients: {
      registrationsPerHour: settings.REGISTRATIONS_PER_HOUR,
      registrationsPerHourTotal: settings.REGISTRATIONS_PER_HOUR_TOTAL,
      /** How many registrations without a consent are kept. */
      maxUnused: settings.MAX_UNUSED_REGISTRATIONS,
      /** Schemes without a dot that redirect URIs may use, besides those of well-known clients. */
      redirectSchemes: settings.ALLOWED_REDIRECT_SCHEMES,
      /** Whether clients may name themselves by a metadata document of their own. */
      takesDocuments: takesClientDocuments(settings, shared.issuer),
      documentHosts: {
        allowed: settings.CLIENT_DOCUMENT_ALLOWED_HOSTS,
        denied: settings.CLIENT_DOCUMENT_DENIED_HOSTS,
      },
    },
  };
}

/** `auto`: a server on loopback often cannot reach other hosts, so it takes no documents. */
function takesClientDocuments(
  { CLIENT_ID_METADATA_DOCUMENTS: choice }: Settings,
  issuer: string,
): boolean {
  if (choice !== "auto") return choice === "on";
  return issuer.startsWith("https:") && !isLoopback(issuer);
}

function resolveApplicationId({ TAIGA_LOGIN, TAIGA_APPLICATION_ID }: Settings): string | undefined {
  if (TAIGA_LOGIN === "password") return undefined;
  if (TAIGA_APPLICATION_ID !== undefined) return TAIGA_APPLICATION_ID;
  throw new ConfigurationError(
    `TAIGA_APPLICATION_ID is not set: TAIGA_LOGIN=${TAIGA_LOGIN} requires an external application that is registered in Taiga (docs/login.md).`,
  );
}

/** @throws {ConfigurationError} when the key is missing or was changed by hand. */
export function resolveMasterKeys(
  settings: Pick<Settings, "MASTER_KEY" | "STORE_URL" | "DATA_DIR">,
): MasterKeys {
  const texts =
    settings.MASTER_KEY ?? toKeyTexts(resolveOwnSecret(settings, "MASTER_KEY", "master-key"));
  const [newest, ...older] = texts.map(toMasterKey);
  if (newest === undefined)
    throw new ConfigurationError("MASTER_KEY: must contain at least one key.");
  return [newest, ...older];
}

function toMasterKey(text: string): Uint8Array {
  if (MASTER_KEY.test(text)) return new Uint8Array(Buffer.from(text, "base64url"));
  throw new ConfigurationError(
    "DATA_DIR/master-key: must contain 32 random bytes as base64url; the file was edited.",
  );
}
