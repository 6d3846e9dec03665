import { describe, expect, it } from "vitest";
import { toDisplayName } from "../../../src/pages/views/display-name.ts";

describe("toDisplayName", () => {
  it.each([
    ["Claude Code", "Claude Code"],
    ["  two\n\tlines ", "two lines"],
    ["Gu\u0301nter 日本語 🌲", "Gúnter 日本語 🌲"],
    ["abc\u202Edef\u2066\u200B\u0000", "abcdef"],
    ["a\u3164b\u115f\ufe0fc\u2800\u{e0100}", "abc"],
    [`e${"\u0323".repeat(30)}`, "ẹ\u0323\u0323"],
  ])("makes %j readable", (name, readable) => expect(toDisplayName(name)).toBe(readable));

  // @rule MCP-SECURITY-24
  it.each([undefined, "", " ", "\u200B\u202E", "\u3164", "\u2800"])(
    "finds no readable text in %j",
    (name) => expect(toDisplayName(name)).toBeUndefined(),
  );

  it("truncates long names at whole characters", () => {
    expect(toDisplayName("🌲".repeat(100))).toBe(`${"🌲".repeat(59)}…`);
  });
});
