import { randomBytes, randomUUID } from "node:crypto";
import { linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { makeDataDir } from "./data-dir.ts";
import { ConfigurationError } from "./errors.ts";

/**
 * Reads a secret that this installation made for itself, and makes it when it is not there yet.
 * Two processes that start at the same time get the same one: the file appears whole or not at
 * all, and the first one wins.
 *
 * @param file path of the file, readable by its owner only.
 * @param make the secret's text; by default 256 random bits as base64url.
 * @throws {ConfigurationError} when the folder cannot be written, or the file cannot be read or is empty.
 */
export function loadOrCreateSecret(file: string, make: () => string = randomSecret): string {
  try {
    const existing = readIfThere(file);
    if (existing !== undefined) return existing;
    makeDataDir(path.dirname(file));
    const draft = `${file}.${randomUUID()}`;
    try {
      writeFileSync(draft, `${make()}\n`, { mode: 0o600, flush: true });
      linkSync(draft, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    } finally {
      rmSync(draft, { force: true });
    }
    return readSecret(file);
  } catch (cause) {
    if (cause instanceof ConfigurationError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigurationError(`The secret file ${file} cannot be used: ${reason}.`, { cause });
  }
}

/**
 * A secret that one machine makes for itself at first start, in DATA_DIR. Services that share a
 * Redis may be replicas of one another, and replicas never make keys.
 *
 * @param setting the variable that would have given it.
 * @throws {ConfigurationError} when the secret must be given.
 */
export function resolveOwnSecret(
  settings: { STORE_URL: string; DATA_DIR: string },
  setting: string,
  file: string,
): string {
  if (settings.STORE_URL === "sqlite:") {
    return loadOrCreateSecret(path.join(settings.DATA_DIR, file));
  }
  throw new ConfigurationError(
    `${setting} is not set: services that share a Redis store must be given the same one.`,
  );
}

const randomSecret = (): string => randomBytes(32).toString("base64url");

function readSecret(file: string): string {
  const secret = readFileSync(file, "utf8").trim();
  if (secret === "") throw new Error("it is empty; delete it to have a new one made");
  return secret;
}

function readIfThere(file: string): string | undefined {
  try {
    return readSecret(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
