import { ConfigurationError } from "@taiga-mcp/service";
import type { Redis } from "ioredis";
import type { StoreWeakness } from "./kv.ts";

/** The layout of the keys; a program that meets a higher number must not touch them. */
const SCHEMA_VERSION = 1;
/** EXPIRETIME and EXPIREAT with GT came with it; every Valkey says 7 or more. */
const OLDEST_SERVER = 7;

/**
 * Makes sure that a server is one we can use, and that its data are ours.
 * @param schemaKey the key that holds the schema version; written when it is not there.
 * @throws {ConfigurationError} when the server is too old, a Redis Cluster or a Sentinel, or its
 * data too new for this program.
 */
export async function verifyServer(redis: Redis, schemaKey: string): Promise<void> {
  verifyKind(await redis.info("server", "cluster"));
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

/**
 * What a server is set up to lose. INFO says it where CONFIG GET is refused, as our account and
 * hosted servers do.
 * @param info what the server answers to INFO, with the sections `persistence` and `memory`. What
 * it leaves out, as hosted servers do, is no weakness: it is not known.
 */
export function toWeaknesses(info: string): StoreWeakness[] {
  const weaknesses: StoreWeakness[] = [];
  if (/^aof_enabled:0\b/m.test(info)) weaknesses.push("forgets");
  const policy = /^maxmemory_policy:(.*)$/m.exec(info)?.[1]?.trim() ?? "noeviction";
  if (policy !== "noeviction") weaknesses.push("evicts");
  return weaknesses;
}
