import {
  type AccessLevel,
  type Addresses,
  ConfigurationError,
  type Environment,
  isLoopback,
  type LogLevel,
  readEnvironment,
  resolveAddresses,
  resolveOwnSecret,
  resolveTaigaConnection,
  type TaigaConnection,
} from "@taiga-mcp/service";
import type { DocumentHosts } from "./clients/document-url.ts";
import type { AllowLists } from "./login/allow-list.ts";
import { AuthServerSettings, MASTER_KEY, type Settings, toKeyTexts } from "./settings.ts";

/** How much longer than its code a new grant lives, so that the code is what ends first. */
const NEW_GRANT_SPARE_SECONDS = 600;

/** What the authorization server runs with, resolved and checked. */
export interface Config extends Addresses {
  publicListener: { host: string; port: number };
  privateListener: { host: string; port: number };
  taigaConnection: TaigaConnection;
  taigaLoginType: string;
  /** Whether the login page takes a password. */
  offersPassword: boolean;
  /** Of our application at Taiga; whoever has one may log in on Taiga's own pages. */
  applicationId: string | undefined;
  allowLists: AllowLists;
  /** The most any client may do, whatever a user agrees to. */
  accessLimit: AccessLevel;
  /** 32 bytes each, newest first. */
  masterKeys: readonly [Uint8Array, ...Uint8Array[]];
  resourceServer: { clientId: string; clientSecret: string };
  accessTokenTtlSeconds: number;
  /** How long a login lasts after it was last used. */
  grantTtlSeconds: number;
  /** How long a grant waits for its code to be exchanged: nobody uses it before that. */
  newGrantTtlSeconds: number;
  authorizationCodeTtlSeconds: number;
  refreshGraceSeconds: number;
  registrationsPerHour: number;
  registrationsPerHourTotal: number;
  /** Whether clients may name themselves by a metadata document of their own. */
  takesClientDocuments: boolean;
  clientDocumentHosts: DocumentHosts;
  maxGrantsPerUser: number;
  storeUrl: string;
  dataDir: string;
  logLevel: LogLevel;
  /** Reverse proxies in front; used for client addresses only. */
  trustProxy: number;
}

/**
 * Reads the configuration once, before anything opens a port. With a SQLite store, keys that are
 * not given are made and kept in DATA_DIR; replicas on Redis must be given theirs.
 *
 * @throws {ConfigurationError} that names the variable and the rule.
 */
export function parseConfig(environment: Environment): Config {
  const settings = readEnvironment(AuthServerSettings, environment);
  const addresses = resolveAddresses(settings);
  return {
    ...addresses,
    taigaConnection: resolveTaigaConnection(settings),
    publicListener: { host: settings.AUTH_SERVER_HOST, port: settings.AUTH_SERVER_PORT },
    privateListener: {
      host: settings.AUTH_SERVER_PRIVATE_HOST,
      port: settings.AUTH_SERVER_PRIVATE_PORT,
    },
    taigaLoginType: settings.TAIGA_LOGIN_TYPE,
    offersPassword: settings.TAIGA_LOGIN !== "application",
    applicationId: resolveApplicationId(settings),
    allowLists: {
      users: settings.ALLOWED_USERS ?? [],
      emailDomains: settings.ALLOWED_EMAIL_DOMAINS ?? [],
    },
    accessLimit: settings.ACCESS_LIMIT,
    masterKeys: resolveMasterKeys(settings),
    resourceServer: {
      clientId: settings.RS_CLIENT_ID,
      clientSecret:
        settings.RS_CLIENT_SECRET ??
        resolveOwnSecret(settings, "RS_CLIENT_SECRET", "rs-client-secret"),
    },
    accessTokenTtlSeconds: settings.ACCESS_TOKEN_TTL_SECONDS,
    grantTtlSeconds: settings.GRANT_TTL_SECONDS,
    newGrantTtlSeconds: settings.AUTHORIZATION_CODE_TTL_SECONDS + NEW_GRANT_SPARE_SECONDS,
    authorizationCodeTtlSeconds: settings.AUTHORIZATION_CODE_TTL_SECONDS,
    refreshGraceSeconds: settings.REFRESH_GRACE_SECONDS,
    registrationsPerHour: settings.REGISTRATIONS_PER_HOUR,
    registrationsPerHourTotal: settings.REGISTRATIONS_PER_HOUR_TOTAL,
    takesClientDocuments: takesClientDocuments(settings, addresses.issuer),
    clientDocumentHosts: {
      allowed: settings.CLIENT_DOCUMENT_ALLOWED_HOSTS,
      denied: settings.CLIENT_DOCUMENT_DENIED_HOSTS,
    },
    maxGrantsPerUser: settings.MAX_GRANTS_PER_USER,
    storeUrl: settings.STORE_URL,
    dataDir: settings.DATA_DIR,
    logLevel: settings.LOG_LEVEL,
    trustProxy: settings.TRUST_PROXY,
  };
}

/** A machine that nobody else reaches is often one that reaches nobody else. */
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
): Config["masterKeys"] {
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
