import { describe, expect, it } from "vitest";
import { type Finding, toFindingLines } from "../../src/cli/finding.ts";
import type { KeyReport } from "../../src/cli/key-report.ts";
import { toKeyText, toRetiredText, toRotatedText } from "../../src/cli/key-text.ts";
import { toSetupText } from "../../src/cli/setup-text.ts";
import { toDuration, toFutureTime, toLocalTime, withLocalTimes } from "../../src/cli/time-text.ts";
import { KEY_REPORT, NOW } from "./examples.ts";

const plain = (_mark: Finding["mark"], text: string): string => text;

describe("times", () => {
  it.each([
    [0, "0 seconds"],
    [1, "1 second"],
    [119, "119 seconds"],
    [120, "2 minutes"],
    [58 * 60, "58 minutes"],
    [119 * 60, "119 minutes"],
    [2 * 3600, "2 hours"],
    [47 * 3600, "47 hours"],
    [48 * 3600, "2 days"],
    [-5, "0 seconds"],
  ])("%i seconds read %s", (seconds, text) => {
    expect(toDuration(seconds)).toBe(text);
  });

  it("are shown in the local time of this machine", () => {
    const wall = new Date(2026, 10, 20, 9, 5).getTime() / 1000;
    expect(toLocalTime(wall)).toBe("2026-11-20 09:05");
  });

  it("are rounded up: a time of 09:05:30 is not shown as 09:05", () => {
    const wall = new Date(2026, 10, 20, 9, 5, 30).getTime() / 1000;
    expect(toFutureTime(wall, wall - 1790)).toBe("2026-11-20 09:06 (in 30 minutes)");
    expect(toFutureTime(wall, wall - 119)).toBe("2026-11-20 09:06 (in 119 seconds)");
  });
});

it.each([
  [600, "Wait until WALL."],
  [0, "Wait until WALL."],
  [-45, "Wait until WALL (in 45 seconds)."],
  [-1795, "Wait until WALL (in 30 minutes)."],
])("times in texts of the server are shown in local time, %i s later", (later, text) => {
  const said = `Wait until ${new Date(NOW * 1000).toISOString()}.`;
  const wall = toLocalTime(Math.ceil(NOW / 60) * 60);
  expect(withLocalTimes(said, NOW + later)).toBe(text.replace("WALL", wall));
});

describe("the keys", () => {
  const options = { now: NOW, program: "admin", columns: 500 };

  it("are shown in columns with their record counts, and then the next command", () => {
    const lines = toKeyText(KEY_REPORT, options).split("\n");
    expect(
      lines.slice(0, 3).map((line) => line.replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d/g, "TIME")),
    ).toEqual([
      "  Key   State                   Created            Records encrypted",
      "  k2    in use in 40 seconds    TIME                   0",
      "  k1    encrypts and decrypts   TIME               1,204",
    ]);
    expect(lines.at(-1)).toBe("  admin keys retire");
  });

  it("can be retired when the time has come", () => {
    const report = { ...KEY_REPORT, retirableFrom: NOW };
    expect(toKeyText(report, options)).toContain(
      "\nTo re-encrypt the records of the older keys and remove those keys:\n\n  admin keys retire",
    );
  });

  it("can be replaced when there is only one", () => {
    const report: KeyReport = {
      keys: KEY_REPORT.keys.slice(1),
      masterKey: { position: 0, count: 1 },
    };
    expect(toKeyText(report, options)).toMatch(
      /To replace the key without logging users out:\n\n {2}admin keys rotate$/,
    );
  });

  it.each([
    [{ position: 0, count: 1 }, "encrypted with MASTER_KEY."],
    [
      { position: 0, count: 2 },
      "with each of the 2 keys in MASTER_KEY. Once every replica runs with this list, only the first",
    ],
    [{ position: 1, count: 2 }, "Of the 2 keys in MASTER_KEY, only number 2 decrypts these keys"],
  ])("show for %j which master key is still needed", (masterKey, text) => {
    expect(toKeyText({ ...KEY_REPORT, masterKey }, options)).toContain(text);
  });

  it("show after a rotation when the new key comes into use, and that no user is logged out", () => {
    expect(toRotatedText(KEY_REPORT, options).split("\n")[0]).toBe(
      "A new key was added. It comes into use in 40 seconds, when every replica has loaded it. No user is logged out.",
    );
  });

  it.each([
    [1204, 1, "1,204 records re-encrypted, 1 older key removed."],
    [1, 2, "1 record re-encrypted, 2 older keys removed."],
    [0, 0, "There was no older key to remove."],
  ])("show the number of records and keys after retiring %i and %i", (resealed, removed, text) => {
    const report = { ...KEY_REPORT, resealed, removed };
    expect(toRetiredText(report, options)).toContain(text);
  });
});

describe("findings", () => {
  const layout = (finding: Partial<Finding>, columns = 80): string[] =>
    toFindingLines([{ mark: "ok", about: "Store", text: "fine", ...finding }], {
      columns,
      paint: plain,
    });

  it("are shown in columns with one mark each", () => {
    const findings: Finding[] = [
      { mark: "ok", about: "Store", text: "one" },
      { mark: "warn", about: "Taiga at last", text: "two" },
      { mark: "fail", about: "Login", text: "three" },
    ];
    expect(toFindingLines(findings, { columns: 80, paint: plain })).toEqual([
      "  ✓ Store          one",
      "  ! Taiga at last  two",
      "  ✗ Login          three",
    ]);
  });

  it("are wrapped between words, with an indent", () => {
    const words = "change this setting and then start the service once more";
    const lines = layout({ mark: "fail", advice: words }, 53);
    expect(lines).toEqual([
      "  ✗ Store  fine",
      "           → change this setting and then start the",
      "             service once more",
    ]);
  });

  it("do not pass on terminal escape sequences of another server", () => {
    expect(layout({ text: "calls itself \u001B[2Jyours\n✓" })).toEqual([
      "  ✓ Store  calls itself \uFFFD[2Jyours\uFFFD✓",
    ]);
  });

  it("do not repeat the advice of the previous finding", () => {
    const finding: Finding = { mark: "fail", about: "Store", text: "away", advice: "Start it." };
    const lines = toFindingLines([finding, finding], { columns: 80, paint: plain });
    expect(lines.map((line) => line.trim())).toEqual([
      "✗ Store  away",
      "→ Start it.",
      "✗ Store  away",
      "→ as above",
    ]);
  });

  it("never wrap a text to copy", () => {
    const copy = `curl ${"x".repeat(90)} and more`;
    expect(layout({ advice: "Type:", copy }, 40)).toEqual([
      "  ✓ Store  fine",
      "           → Type:",
      `               ${copy}`,
    ]);
  });
});

describe("the text of setup", () => {
  const text = (marks: Finding["mark"][], mcpUrl = "https://mcp.example.com/mcp"): string =>
    toSetupText(
      marks.map((mark) => ({ mark, about: "Step", text: "said" })),
      { mcpUrl, columns: 100, paint: plain },
    );

  it("ends with how to connect a client when all checks pass", () => {
    expect(text(["ok", "ok"])).toMatch(/\nNo problems found\.\n/);
    expect(text(["ok", "warn"])).toContain("No problems found. 1 to check yourself (!).");
    expect(text(["ok"])).toContain(
      "  claude mcp add --transport http taiga https://mcp.example.com/mcp\n",
    );
  });

  it("does not suggest to connect a client when a check failed", () => {
    const said = text(["ok", "fail", "warn"]);
    expect(said).toContain("1 of 3 checks failed (✗)");
    expect(said).not.toContain("claude mcp add");
  });

  it("says that hosted clients cannot reach a loopback address", () => {
    expect(text(["ok"], "http://localhost:3002/mcp")).toContain("need a public https address");
    expect(text(["ok"])).not.toContain("need a public https address");
  });
});
