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

  it("are shown by the clock on the wall, which is this machine's", () => {
    const wall = new Date(2026, 10, 20, 9, 5).getTime() / 1000;
    expect(toLocalTime(wall)).toBe("2026-11-20 09:05");
  });

  it("are never promised too early: what is refused at 09:05:30 is not said to be allowed at 09:05", () => {
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
])("times that the server writes are shown by the clock on the wall, %i s later", (later, text) => {
  const said = `Wait until ${new Date(NOW * 1000).toISOString()}.`;
  const wall = toLocalTime(Math.ceil(NOW / 60) * 60);
  expect(withLocalTimes(said, NOW + later)).toBe(text.replace("WALL", wall));
});

describe("the keys", () => {
  const options = { now: NOW, program: "admin", columns: 500 };

  it("stand in columns, with what each still opens, and what comes next", () => {
    const lines = toKeyText(KEY_REPORT, options).split("\n");
    expect(
      lines.slice(0, 3).map((line) => line.replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d/g, "TIME")),
    ).toEqual([
      "  Key   State                  Made               Records sealed",
      "  k2    in use in 40 seconds   TIME                0",
      "  k1    seals and opens        TIME            1,204",
    ]);
    expect(lines.at(-1)).toBe("  admin keys retire");
  });

  it("can be retired at once when the time has come", () => {
    const report = { ...KEY_REPORT, retirableFrom: NOW };
    expect(toKeyText(report, options)).toContain(
      "\nTo seal anew all that older keys have sealed, and remove them:\n\n  admin keys retire",
    );
  });

  it("can be replaced when there is one only", () => {
    const report: KeyReport = {
      keys: KEY_REPORT.keys.slice(1),
      masterKey: { position: 0, count: 1 },
    };
    expect(toKeyText(report, options)).toMatch(
      /To replace the key, without a logout:\n\n {2}admin keys rotate$/,
    );
  });

  it.each([
    [{ position: 0, count: 1 }, "sealed with MASTER_KEY."],
    [
      { position: 0, count: 2 },
      "with each of the 2 in MASTER_KEY. Once every replica runs with this list, only the first",
    ],
    [{ position: 1, count: 2 }, "Of the 2 in MASTER_KEY only number 2 opens these keys"],
  ])("say for %j which master key is still needed", (masterKey, text) => {
    expect(toKeyText({ ...KEY_REPORT, masterKey }, options)).toContain(text);
  });

  it("say after a rotation from when on the new key is used, and that nobody is logged out", () => {
    expect(toRotatedText(KEY_REPORT, options).split("\n")[0]).toBe(
      "A new key was made. It is in use in 40 seconds, once every replica knows it. Nobody is logged out.",
    );
  });

  it.each([
    [1204, 1, "1,204 records sealed anew, 1 older key removed."],
    [1, 2, "1 record sealed anew, 2 older keys removed."],
    [0, 0, "There was no older key to remove."],
  ])("say after retiring that of %i records and %i keys", (resealed, removed, text) => {
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

  it("stand in columns, one mark each", () => {
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

  it("are broken between words, below where they begin", () => {
    const words = "change this setting and then start the service once more";
    const lines = layout({ mark: "fail", advice: words }, 53);
    expect(lines).toEqual([
      "  ✗ Store  fine",
      "           → change this setting and then start the",
      "             service once more",
    ]);
  });

  it("hand the terminal no orders of a server that somebody else runs", () => {
    expect(layout({ text: "calls itself \u001B[2Jyours\n✓" })).toEqual([
      "  ✓ Store  calls itself \uFFFD[2Jyours\uFFFD✓",
    ]);
  });

  it("do not repeat what was just said", () => {
    const finding: Finding = { mark: "fail", about: "Store", text: "away", advice: "Start it." };
    const lines = toFindingLines([finding, finding], { columns: 80, paint: plain });
    expect(lines.map((line) => line.trim())).toEqual([
      "✗ Store  away",
      "→ Start it.",
      "✗ Store  away",
      "→ as above",
    ]);
  });

  it("never break what is to be copied", () => {
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

  it("ends with how to connect a client when nothing is wrong", () => {
    expect(text(["ok", "ok"])).toMatch(/\nNothing is wrong\.\n/);
    expect(text(["ok", "warn"])).toContain("Nothing is wrong. 1 to look at (!).");
    expect(text(["ok"])).toContain(
      "  claude mcp add --transport http taiga https://mcp.example.com/mcp\n",
    );
  });

  it("sends nobody to an installation that does not work", () => {
    const said = text(["ok", "fail", "warn"]);
    expect(said).toContain("1 of 3 checks failed (✗)");
    expect(said).not.toContain("claude mcp add");
  });

  it("does not promise hosted clients what only this machine can reach", () => {
    expect(text(["ok"], "http://localhost:3002/mcp")).toContain("need a public https address");
    expect(text(["ok"])).not.toContain("need a public https address");
  });
});
