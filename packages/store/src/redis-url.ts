import { ConfigurationError } from "@taiga-mcp/service";
import type { RedisOptions } from "ioredis";

/** ioredis declares one option in a way that its own constructor does not take. */
type RedisAddress = Omit<RedisOptions, "replyMapping">;

const SCHEME = /^(?<scheme>rediss?)(?<sentinel>\+sentinel)?:\/\//;
const SENTINELS =
  /^(?:(?<username>[^:@/]*)(?::(?<password>[^@/]+))?@)?(?<hosts>[^@/?#]+)\/(?<name>[^/?#]+)(?:\/(?<db>\d+))?$/;

const PASSWORD_RULE = "a user needs a password there or in STORE_PASSWORD";
const SERVER_RULE = `must be a URL such as redis://127.0.0.1:6379 or redis://user:password@host/0, without a query; ${PASSWORD_RULE}`;
const SENTINEL_RULE = `must be a URL such as redis+sentinel://user:password@host1:26379,host2:26379/mymaster/0; ${PASSWORD_RULE}`;

const DEFAULT_PORT = 6379;
const DEFAULT_SENTINEL_PORT = 26_379;

/** Whether STORE_URL names a Redis, of whatever kind. */
export const isRedisUrl = (url: string): boolean => SCHEME.test(url);

/**
 * Reads STORE_URL: `redis://[user:password@]host[:port][/db]`, or with Sentinel
 * `redis+sentinel://[user:password@]host[:port],host[:port]/master name[/db]`; with `rediss` for
 * TLS everywhere. User and password are percent-encoded and for the Redis servers. The Sentinels
 * get the same password, for their default user: one without a password takes any.
 *
 * @param userPassword the password of the user that the URL names, if it has none itself; the
 * setting STORE_PASSWORD. Not used for a URL without a user.
 * @throws {ConfigurationError} when it is malformed. The message does not repeat it: it may hold
 * a password.
 * @returns where the servers are and how to log in there, without any policy.
 */
export function toRedisAddress(url: string, userPassword?: string): RedisAddress {
  if (!isRedisUrl(url)) throw malformed(SERVER_RULE);
  const { scheme, sentinel } = SCHEME.exec(url)?.groups ?? {};
  const tls = scheme === "rediss" && { tls: {} };
  if (sentinel === undefined) return { ...toServer(url, userPassword), ...tls };
  const rest = url.replace(SCHEME, "");
  const sentinelTls = tls && { ...tls, sentinelTLS: {}, enableTLSForSentinelMode: true };
  return { ...toSentinels(rest, userPassword), ...sentinelTls };
}

function toServer(url: string, userPassword: string | undefined): RedisAddress {
  const parsed = parse(url, SERVER_RULE);
  const [, db] = /^\/?(\d*)$/.exec(parsed.pathname) ?? [];
  if (db === undefined || /[?#]/.test(url)) throw malformed(SERVER_RULE);
  return {
    host: toHost(parsed),
    port: Number(parsed.port || DEFAULT_PORT),
    db: Number(db),
    ...toCredentials({ ...toLogin(parsed), userPassword }, SERVER_RULE),
  };
}

function toSentinels(rest: string, userPassword: string | undefined): RedisAddress {
  const groups = SENTINELS.exec(rest)?.groups;
  if (groups === undefined) throw malformed(SENTINEL_RULE);
  const { username = "", password = "", hosts = "", name = "", db = "0" } = groups;
  const credentials = toCredentials({ username, password, userPassword }, SENTINEL_RULE);
  return {
    sentinels: hosts.split(",").map((host) => {
      const parsed = parse(`redis://${host}`, SENTINEL_RULE);
      return { host: toHost(parsed), port: Number(parsed.port || DEFAULT_SENTINEL_PORT) };
    }),
    name: decode(name, SENTINEL_RULE),
    db: Number(db),
    ...credentials,
    ...(credentials.password !== undefined && { sentinelPassword: credentials.password }),
  };
}

const toLogin = ({ username, password }: URL): { username: string; password: string } => ({
  username,
  password,
});

interface Login {
  /** Percent-encoded, as in the URL; empty when missing. */
  username: string;
  password: string;
  /** As it is. */
  userPassword: string | undefined;
}

function toCredentials(
  { username, password, userPassword }: Login,
  rule: string,
): Pick<RedisAddress, "username" | "password"> {
  if (username !== "" && password === "") {
    if (userPassword === undefined) throw malformed(rule);
    return { username: decode(username, rule), password: userPassword };
  }
  return {
    ...(username !== "" && { username: decode(username, rule) }),
    ...(password !== "" && { password: decode(password, rule) }),
  };
}

/** An IPv6 address without the brackets that a URL needs around it. */
const toHost = ({ hostname }: URL): string => hostname.replace(/^\[(.*)\]$/, "$1");

function parse(url: string, rule: string): URL {
  const parsed = URL.parse(url);
  if (parsed === null || parsed.hostname === "") throw malformed(rule);
  return parsed;
}

function decode(text: string, rule: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw malformed(rule); // a lone % sign
  }
}

const malformed = (rule: string): ConfigurationError =>
  new ConfigurationError(`STORE_URL: ${rule}.`);
