import { existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import { ConfigurationError } from "./errors.ts";

/**
 * Makes DATA_DIR, for its owner only, unless it is there.
 *
 * @throws {ConfigurationError} when it cannot be made.
 */
export function makeDataDir(folder: string): void {
  try {
    makeFolder(path.resolve(folder));
  } catch (cause) {
    const { message } = cause as NodeJS.ErrnoException;
    throw new ConfigurationError(
      `DATA_DIR: the folder ${folder} cannot be used: ${message}. Set it to a folder that this program may write to.`,
      { cause },
    );
  }
}

/** One folder at a time: the `recursive` option of `mkdirSync` never returns for a folder in /proc. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(path.dirname(folder));
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    // Another service may have made it meanwhile.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}
