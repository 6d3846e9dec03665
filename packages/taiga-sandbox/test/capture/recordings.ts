import { readFileSync } from "node:fs";
import type { Recorded } from "../contract/step.ts";

/** A recorded request with its name; the name ends in `__` and who sent it, joined by `+`. */
export interface Case extends Recorded {
  name: string;
}

/** Who the actors of the recording are in the seed `capture`; anon has no login. */
const USERS: Record<string, string | undefined> = {
  owner: "alice",
  padmin: "dora",
  member: "bob",
  stake: "stan",
  reader: "rita",
  outsider: "carol",
  other: "erik",
  unver: "ulf",
  su: "admin",
};

export const actorsOf = ({ name }: Case): (string | undefined)[] =>
  name
    .split("__")
    .at(-1)!
    .split("+")
    .map((actor) => USERS[actor]);

const FIXTURES = new URL("../../../taiga-client/test/fixtures/", import.meta.url);

function load(file: string): Case[] {
  const text = readFileSync(new URL(file, FIXTURES), "utf8");
  const recorded = JSON.parse(text) as Record<string, Recorded>;
  return Object.entries(recorded)
    .filter(([name]) => !name.startsWith("_"))
    .map(([name, row]) => ({ ...row, name }));
}

/** All recordings of 2026-11-30. */
export const CASES: readonly Case[] = [...load("observed-2.json"), ...load("observed-2-more.json")];

const BY_NAME = new Map(CASES.map((row) => [row.name, row]));

/**
 * The names of an area's cases in the order in which they were sent. The recording is cut into two
 * files that do not tell it; times and ids in the answers put them together again.
 */
const ORDER = JSON.parse(
  readFileSync(new URL("../fixtures/capture-order.json", import.meta.url), "utf8"),
) as Record<string, string[]>;

/** The cases of an area. */
export const casesOf = (title: string): Case[] => ORDER[title]!.map((name) => BY_NAME.get(name)!);
