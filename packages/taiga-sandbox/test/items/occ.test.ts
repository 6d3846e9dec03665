import { describe, expect, test } from "vitest";
import { ApiError } from "../../src/model/errors.ts";
import { verifyVersion } from "../../src/items/occ.ts";

const INVALID = { version: "The version parameter is not valid" };
const CONFLICT = { version: "The version doesn't match with the current one" };

/** Version 4: the subject changed last, before that status and tags, then the description. */
const current = { version: 4, changes: [["subject"], ["status", "tags"], ["description"]] };

function outcome(version: number | null | undefined, keys: string[]): unknown {
  try {
    verifyVersion({ version, keys: [...keys, "version"] }, current);
    return "applied";
  } catch (error) {
    return (error as ApiError).body;
  }
}

describe("an edit's version", () => {
  test.each([
    ["missing", undefined, ["subject"], INVALID],
    ["null", null, ["subject"], INVALID],
    ["negative", -1, ["subject"], INVALID],
    ["greater than the current one", 5, ["subject"], INVALID],
    ["the current one", 4, ["subject"], "applied"],
    ["one behind, same field", 3, ["subject"], CONFLICT],
    ["one behind, a field of the change before", 3, ["status"], "applied"],
    ["two behind, that field", 2, ["status"], CONFLICT],
    ["three behind, the oldest field", 1, ["description"], CONFLICT],
    ["behind, one of several fields", 2, ["is_blocked", "tags"], CONFLICT],
    ["behind, an untouched field", 1, ["is_blocked"], "applied"],
    ["any old one for a comment, because comments are in no diff", 0, ["comment"], "applied"],
    ["zero reaches back over all changes", 0, ["description"], CONFLICT],
    ["behind with nothing but itself", 1, [], "applied"],
  ] as const)("%s", (_name, version, keys, expected) => {
    expect(outcome(version, [...keys])).toEqual(expected);
  });
});
