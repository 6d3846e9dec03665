import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { createSqliteKv, withLock } from "@taiga-mcp/store";
import { createKeyNames } from "../../apps/auth-server/src/storage/key-names.ts";
import { isSignedKey } from "../../apps/auth-server/src/storage/signed-kinds.ts";
import { createIdempotency } from "../../packages/taiga-tools/src/calls/idempotency.ts";
import {
  createWriteLocks,
  type SharedLock,
} from "../../packages/taiga-tools/src/calls/write-locks.ts";
import { generatedPages } from "../../scripts/generated-pages.ts";

const PAGES = [
  "README.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  "packages/taiga-client/README.md",
  ...markdownBelow("docs"),
];

function markdownBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => path.join(folder, file));
}

describe("generated pages", async () => {
  it.each(Object.entries(await generatedPages()))(
    "%s is what `pnpm generate` writes",
    (file, generated) => expect(readFileSync(file, "utf8")).toBe(generated),
  );
});

describe("links", () => {
  it.each(PAGES)("%s links only to files that exist", (page) => {
    const links = readFileSync(page, "utf8").matchAll(/\]\((?!https?:)([^)#]+)/g);
    for (const [, target] of links) {
      const file = path.join(path.dirname(page), target ?? "");
      expect(() => readdirOrRead(file), `${page} → ${target}`).not.toThrow();
    }
  });
});

function readdirOrRead(file: string): unknown {
  return path.extname(file) === "" ? existing(file) : readFileSync(file);
}

const existing = (file: string): unknown =>
  file === "LICENSE" ? readFileSync(file) : readdirSync(file);

/** The first column of the tables below a heading, such as `at:T:H(token)`. */
function namesBelow(heading: string): string[] {
  const [, text = ""] = readFileSync("docs/storage.md", "utf8").split(`## ${heading}\n`);
  const [section = ""] = text.split("\n## ");
  return [...section.matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => name ?? "");
}

/** The fixed parts of a name: the text before the first variable and the text after the last. */
const toKind = (name: string): string =>
  `${name.split(":")[0]}${/:H\([^)]*\)(:\w+)$/.exec(name)?.[1] ?? ""}`;

describe("docs/storage.md", () => {
  // @rule STORE-7
  it("lists exactly the kinds of keys of the authorization server", () => {
    const { other, rateLimit, ...builders } = createKeyNames("https://t/");
    const { gidOf: _noKey, ...named } = builders;
    // Those that end in Of derive a key from that of a grant, or of a client.
    const built = Object.entries(named).map(([name, build]) => {
      if (typeof build === "string") return build;
      return build(name.endsWith("Of") ? builders.grant("x") : "x");
    });
    const kinds = [...built, other("<model>", "x"), rateLimit("name", "x")].map((key) =>
      toKind(key.replace(/:[\w-]{43}/, ":H()")),
    );
    const documented = namesBelow("The authorization server").map(toKind);
    expect(documented.toSorted()).toEqual([...new Set(kinds)].toSorted());
  });

  // @rule STORE-16
  it("says of every record of the authorization server whether it has a MAC", () => {
    const [, text = ""] = readFileSync("docs/storage.md", "utf8").split(
      "## The authorization server\n",
    );
    const [section = ""] = text.split("\n## ");
    const rows = [...section.matchAll(/^\| `([^`]+)`\s*\| (.+?)\s*\|.*\| (\w+)\s*\|$/gm)];
    expect(rows.length).toBeGreaterThan(30);
    for (const [, name = "", value = "", protection] of rows) {
      if (value.startsWith("index")) continue;
      expect([name, isSignedKey(name.replace("<model>", "Model"))]).toEqual([
        name,
        protection === "MAC",
      ]);
    }
  });

  // @rule STORE-7
  it("lists exactly the kinds of keys of the resource server", async () => {
    const written: string[] = [];
    const clock = () => 0;
    const memory = createSqliteKv({ file: ":memory:", clock });
    const kv = {
      ...memory,
      setIfAbsent: (...args: Parameters<typeof memory.setIfAbsent>) => {
        written.push(args[0]);
        return memory.setIfAbsent(...args);
      },
    };
    const lock: SharedLock = (key, options, work) => withLock({ kv }, key, options, work);
    const { signal } = new AbortController();
    await createWriteLocks(lock).for({ signal })("story 1", "#1", async () => undefined);
    const idempotency = createIdempotency({ store: kv, clock, subject: "a user" });
    await idempotency.run({ tool: "t", key: "k", args: {} }, async () => ({
      result: 1,
      isComplete: true,
    }));
    expect(written.map(toKind)).toEqual(namesBelow("The resource server").map(toKind));
  });
});
