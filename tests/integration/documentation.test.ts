import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { createSqliteKv } from "@taiga-mcp/store";
import { createKeyNames } from "../../apps/auth-server/src/storage/key-names.ts";
import { createIdempotencyLedgers } from "../../apps/resource-server/src/items/idempotency-ledger.ts";
import { generatedPages } from "../../scripts/generated-pages.ts";
import { findFault, propertyTests, readTraceability } from "../support/traceability.ts";

const PAGES = ["README.md", "CONTRIBUTING.md", "SECURITY.md", ...markdownBelow("docs")];

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
  it.each(PAGES)("%s links only to files that are there", (page) => {
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

/** What stands in the first column of the tables below a heading, such as `at:T:H(token)`. */
function namesBelow(heading: string): string[] {
  const [, text = ""] = readFileSync("docs/storage.md", "utf8").split(`## ${heading}\n`);
  const [section = ""] = text.split("\n## ");
  return [...section.matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => name ?? "");
}

/** The fixed part of a name: that before the first variable one, and what follows the last one. */
const toKind = (name: string): string =>
  `${name.split(":")[0]}${/:H\([^)]*\)(:\w+)$/.exec(name)?.[1] ?? ""}`;

describe("docs/storage.md", () => {
  it("names every kind of key of the authorization server, and no other", () => {
    const { other, rateLimit, ...builders } = createKeyNames("https://t/");
    const built = Object.entries(builders)
      // Those are made from another key, and name nothing of their own.
      .filter(([name]) => !name.endsWith("Of"))
      .map(([, build]) => (typeof build === "string" ? build : build("x")));
    const kinds = [...built, other("<model>", "x"), rateLimit("name", "x")].map((key) =>
      toKind(key.replace(/:[\w-]{43}/, ":H()")),
    );
    expect(namesBelow("The authorization server").map(toKind).toSorted()).toEqual(kinds.toSorted());
  });

  it("names every kind of key of the resource server, and no other", async () => {
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
    const ledger = createIdempotencyLedgers({ kv, clock }).for("a user");
    await ledger.run({ tool: "t", key: "k", args: {} }, async () => ({
      result: 1,
      isComplete: true,
    }));
    expect(written.map(toKind)).toEqual(namesBelow("The resource server").map(toKind));
  });
});

describe("docs/traceability.md", () => {
  const { rules, strays } = readTraceability(readFileSync("docs/traceability.md", "utf8"));
  const tests = rules.flatMap((each) => each.tests);

  it("gives every requirement a test, and each once", () => {
    expect(rules.filter((each) => each.tests.length === 0)).toEqual([]);
    expect(strays).toEqual([]);
    for (const { rule, tests: own } of rules) {
      expect([rule, new Set(own.map(({ line }) => line)).size]).toEqual([rule, own.length]);
    }
    expect(new Set(rules.map(({ rule }) => rule)).size).toBe(rules.length);
  });

  it("names tests that are there and run", () => {
    expect(tests.length).toBeGreaterThan(400);
    const faults = tests.flatMap((test) => {
      const fault = findFault(test);
      return fault === undefined ? [] : [`${fault}:${test.line}`];
    });
    expect(faults).toEqual([]);
  });

  it("lists every test with generated input", () => {
    const named = new Set(tests.map(({ file }) => file));
    expect(propertyTests().filter((file) => !named.has(file))).toEqual([]);
  });

  it.each([
    ["of another file", { name: "refuses a token of another form" }, "no test has this name"],
    ["that is a suite", { name: "createCsrf" }, "no test has this name"],
    ["that is part of one", { name: "knows its own" }, "no test has this name"],
    ["in a file that is gone", { file: "apps/gone.test.ts" }, "there is no such file"],
    ["under another label", { label: "seal.test.ts" }, "the link leads to another file"],
    [
      "in a file that nothing runs",
      { file: "tests/support/traceability.ts", label: "traceability.ts" },
      "no project runs this file",
    ],
  ])("would not pass for a test %s", (_what, changes, fault) => {
    const test = {
      line: "",
      label: "pages/csrf.test.ts",
      file: "apps/auth-server/test/pages/csrf.test.ts",
      name: "knows its own token",
    };
    expect(findFault(test)).toBeUndefined();
    expect(findFault({ ...test, ...changes })).toBe(fault);
  });
});
