import { ConfigurationError } from "@taiga-mcp/service";
import type { Redis } from "ioredis";
import { STORE_WEAKNESSES, type StoreCondition, type StoreWeakness } from "./kv.ts";

/** The layout of the keys; a program that meets a higher number must not touch them. */
const SCHEMA_VERSION = 1;
/** EXPIRETIME and EXPIREAT with GT came with it; every Valkey says 7 or more. */
const OLDEST_SERVER = 7;

export interface ServerRules {
  /** The key that holds the schema version; written when it is not there. */
  schemaKey: string;
  /** Whether the server may delete entries when its memory runs out. */
  allowsEviction: boolean;
}

/**
 * Makes sure that a server is one we can use, and that its data are ours.
 * @throws {ConfigurationError} when the server is too old, a Redis Cluster or a Sentinel, deletes
 * entries when its memory runs out, or its data are too new for this program.
 */
export async function verifyServer(
  redis: Redis,
  { schemaKey, allowsEviction }: ServerRules,
): Promise<void> {
  verifyKind(await redis.info("server", "cluster"));
  if (!allowsEviction) verifyKeeping(await redis.info(...CONDITION_SECTIONS));
  await redis.set(schemaKey, SCHEMA_VERSION, "NX");
  const schema = Number(await redis.get(schemaKey));
  if (schema > SCHEMA_VERSION) {
    throw new ConfigurationError(
      `The store at STORE_URL was written by a newer version of this program (schema ${schema}, ` +
        `this one knows ${SCHEMA_VERSION}): run that version, or use another database.`,
    );
  }
}

/** @param info what the server answers to INFO, with the sections `server` and `cluster`. */
function verifyKind(info: string): void {
  const version = /^redis_version:(.*)$/m.exec(info)?.[1]?.trim() ?? "";
  if (Number.parseInt(version, 10) < OLDEST_SERVER) {
    throw new ConfigurationError(
      `STORE_URL: the server there is Redis ${version}, and ${OLDEST_SERVER}.0 or newer is needed.`,
    );
  }
  if (/^cluster_enabled:1\b/m.test(info)) {
    throw new ConfigurationError(
      "STORE_URL: the server there is part of a Redis Cluster, which spreads the keys of one step " +
        "over several servers, where they cannot be one step: use a single server, or Sentinel.",
    );
  }
  if (/^(redis|server)_mode:sentinel\b/m.test(info)) {
    throw new ConfigurationError(
      "STORE_URL: the server there is a Sentinel and stores nothing: name its master, as in " +
        "redis+sentinel://host1:26379,host2:26379/mymaster.",
    );
  }
}

/** @param info what the server answers to INFO, with `CONDITION_SECTIONS`. */
function verifyKeeping(info: string): void {
  if (!toCondition(info).weaknesses.includes("evicts")) return;
  throw new ConfigurationError(
    `STORE_URL: the server there deletes logins when its memory runs out (maxmemory-policy ` +
      `${toField(info, "maxmemory_policy")}): set maxmemory-policy noeviction there, or ` +
      "ALLOW_EVICTING_STORE=true to take the loss of logins.",
  );
}

/** What `toCondition` reads; INFO says it where CONFIG GET is refused. */
export const CONDITION_SECTIONS = ["persistence", "memory"] as const;

/**
 * How a server keeps entries.
 * @param info what the server answers to INFO, with `CONDITION_SECTIONS`. What it leaves out, as
 * hosted servers do, is unknown.
 */
export function toCondition(info: string): StoreCondition {
  const has: Record<StoreWeakness, boolean | undefined> = {
    forgets: isForgetful(info),
    evicts: isEvicting(info),
  };
  return {
    weaknesses: STORE_WEAKNESSES.filter((weakness) => has[weakness] === true),
    unknown: STORE_WEAKNESSES.filter((weakness) => has[weakness] === undefined),
  };
}

function isForgetful(info: string): boolean | undefined {
  const isOn = toField(info, "aof_enabled");
  if (isOn === undefined) return undefined;
  return isOn === "0" || toField(info, "aof_last_write_status") === "err";
}

/** Without a limit nothing is deleted; a limit that the server does not tell counts as one. */
function isEvicting(info: string): boolean | undefined {
  const policy = toField(info, "maxmemory_policy");
  const limit = toField(info, "maxmemory");
  if (limit === "0") return false;
  return policy === undefined ? undefined : policy !== "noeviction";
}

const toField = (info: string, name: string): string | undefined =>
  new RegExp(`^${name}:(.*)$`, "m").exec(info)?.[1]?.trim();
