import { describe, expect, it } from "vitest";
import { capText, countFitting } from "../../src/text/cap.ts";
import { toCleanText, toOneLine } from "../../src/text/clean.ts";
import { fence } from "../../src/text/fence.ts";

describe("toCleanText", () => {
  it.each([
    ["bidirectional override", "a\u202eb", "ab"],
    ["isolates", "\u2066a\u2069", "a"],
    ["zero-width space", "a\u200bb", "ab"],
    ["joiner between letters", "ig\u200dnore", "ignore"],
    ["tag characters", "x\u{e0049}\u{e0067}", "x"],
    ["selectors that carry bytes", "x\ufe01\u{e0100}\u{e01ef}", "x"],
    ["shorthand controls", "a\u{1bca0}b", "ab"],
    ["halves of a tag character", "\udb40\u200b\udc41", "\ufffd\ufffd"],
    ["soft hyphen", "pass\u00adword", "password"],
    ["terminal escape", "\u001b[31mred\u0007", "[31mred"],
    ["line separators", "a\u2028b\r\nc", "a\nb\nc"],
  ])("removes %s, which a person does not see", (_what, text, expected) =>
    expect(toCleanText(text)).toBe(expected),
  );

  it.each(["👩‍💻 👍🏽 ❤️ 🏳️‍🌈 1️⃣", "می‌خواهم", "क्‍ष", "Zürich – naïve “quotes”\ttab"])(
    "keeps what a script or an emoji needs: %s",
    (text) => expect(toCleanText(text)).toBe(text),
  );

  it("puts a subject on one line, so that it cannot pose as the next one", () => {
    expect(toOneLine("a\n#2 story b\u2029c")).toBe("a #2 story b c");
  });
});

describe("fence", () => {
  it.each(["plain", "```\nout\n```", "`".repeat(50), "a ```` b"])(
    "cannot be closed by %j",
    (text) => {
      const lines = fence(text).split("\n");
      const marks = lines.at(-1) ?? "";
      expect(lines[0]).toBe(`${marks}taiga-data`);
      expect(lines.slice(1, -1).every((line) => !line.includes(marks))).toBe(true);
    },
  );

  it("is measured after hidden characters are gone, which could have split a run", () => {
    expect(fence("``\u200b``").startsWith("`````t")).toBe(true);
  });
});

describe("caps", () => {
  it("count bytes, not letters, and cut no letter in two", () => {
    expect(capText("ééé", 6)).toBe("ééé");
    expect(capText("éééé", 5)).toBe("éé\n[… 2 more characters left out]");
    expect(countFitting(["éé", "a", "b"], 7)).toBe(2);
  });
});
