import { invalidFields } from "../model/errors.ts";

const INVALID = "The version parameter is not valid";
const CONFLICT = "The version doesn't match with the current one";

export interface Edit {
  /** The request's `version` after field validation; undefined or null when it was left out. */
  version: number | null | undefined;
  /** The names of all fields in the request. */
  keys: readonly string[];
}

export interface Versioned {
  /** The stored version. */
  version: number;
  /** The fields of every recorded change, newest first. */
  changes: readonly (readonly string[])[];
}

/**
 * Taiga's optimistic concurrency: an old version conflicts only when a field of the request is
 * among those that the last (current − sent) recorded changes touched. Edits that changed nothing
 * raise the version without leaving a record, so the comparison can reach further back.
 *
 * @throws {ApiError} 400 with a plain string under `version`, never a list.
 * @see taiga-back projects/occ/mixins.py
 */
export function verifyVersion(edit: Edit, current: Versioned): void {
  const { version } = edit;
  if (version === undefined || version === null || version < 0 || version > current.version) {
    throw invalidFields({ version: INVALID });
  }
  const changed = new Set(current.changes.slice(0, current.version - version).flat());
  if (edit.keys.some((key) => key !== "version" && changed.has(key))) {
    throw invalidFields({ version: CONFLICT });
  }
}
