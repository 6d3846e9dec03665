// Every security event known from similar servers must stay in docs/requirements.md and
// in a test title, so that moving or renaming tests loses no event.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readRequirements, scanTests } from "../../scripts/requirements.ts";

/** The event's identifier, or a short name for an event without one. */
const EVENTS = [
  "CVE-2025-4143",
  "revocation of others' tokens",
  "replay of a guessed code",
  "javascript: XSS",
  "re-authorization signed out other devices",
  "retry storms",
  "GHSA-c2jp-c369-7pvx",
  "GHSA-rww4-4w9c-7733",
  "CVE-2026-27124",
  "GHSA-vv7q-7jx5-f767",
  "NAT64",
  "6to4",
  "rebinding",
  "CVE-2026-1035",
  "CVE-2026-9802",
  "CVE-2026-8922",
  "CVE-2026-9689",
  "CVE-2026-28513",
  "CVE-2025-61928",
  "better-auth #9198",
  "GHSA-xg6x-h9c9-2m83",
  "GHSA-cq3f-vc6p-68fh",
  "CVE-2026-45364",
  "uploads #891",
  "openwork #4441",
  "cloudflare/mcp #136",
  "#216",
  "GHSA-3p3g-vpw6-4w66",
  "CVE-2020-15223",
  "CVE-2020-15234",
  "sentry-mcp #1223",
];

const { rules = [] } =
  readRequirements(readFileSync("docs/requirements.md", "utf8")).find(
    ({ title }) => title === "What went wrong elsewhere",
  ) ?? {};
const { tests } = scanTests();

/** Titles of tests and groups, and rows of tables; comments do not count. */
const namesIn = (file: string): string[] =>
  [...readFileSync(file, "utf8").matchAll(/^[ [(\])}.\w]*"(.*)"/gm)].map(([, name = ""]) => name);

describe("every security event known from other servers", () => {
  it.each(EVENTS)("%s has a rule and a test named after it", (event) => {
    const about = rules.filter(({ text }) => text.includes(event)).map(({ id }) => id);
    expect(about).not.toEqual([]);
    const files = tests.filter(({ ids }) => ids.some((id) => about.includes(id)));
    const named = [...new Set(files.map(({ file }) => file))].flatMap(namesIn);
    expect(named.filter((name) => name.includes(event))).not.toEqual([]);
  });
});
