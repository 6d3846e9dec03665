import { readFileSync } from "node:fs";
import { mkdir, open, rename, rm } from "node:fs/promises";
import path from "node:path";
import type { State } from "./state.ts";

/** Raised when the layout of the tables changes; a file of another layout is refused. */
const LAYOUT = 4;

/** How long changes are collected before the file is written. */
const DEBOUNCE_MS = 50;

/** The file exists but is not a state file; the message says what to do. */
export class StateFileError extends Error {
  override readonly name = "StateFileError";
}

export interface Persistence {
  /** Saves soon; further calls until then share the same write. */
  schedule(): void;
  /** Resolves when all changes so far are on disk. */
  flush(): Promise<void>;
}

/**
 * The stored state, or undefined when there is no file yet.
 *
 * @throws {StateFileError} when the file is not a state file.
 */
export function loadState(file: string): State | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  try {
    const { layout, state } = JSON.parse(text) as { layout: number; state: State };
    if (layout === LAYOUT) return state;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new StateFileError(
    `${file} holds no state that this version understands. Start with --reset-demo to begin anew.`,
  );
}

/** Writes the whole state: a new file beside the old one, synced, then put in its place. */
export function createPersistence(file: string, state: State): Persistence {
  let timer: NodeJS.Timeout | undefined;
  let dirty = false;
  let writing: Promise<void> = Promise.resolve();
  const save = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    writing = writing
      .catch(() => undefined)
      .then(async () => {
        if (!dirty) return;
        dirty = false;
        try {
          await writeAtomically(file, JSON.stringify({ layout: LAYOUT, state }));
        } catch (error) {
          dirty = true;
          throw error;
        }
      });
    return writing;
  };
  return {
    schedule() {
      dirty = true;
      // The state stays dirty after a failed write: the next flush retries and reports the error.
      timer ??= setTimeout(() => void save().catch(() => undefined), DEBOUNCE_MS);
    },
    flush: save,
  };
}

async function writeAtomically(file: string, text: string): Promise<void> {
  const draft = `${file}.new`;
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  try {
    const handle = await open(draft, "w", 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
