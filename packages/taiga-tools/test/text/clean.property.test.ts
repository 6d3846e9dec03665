import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { capText, countFitting } from "../../src/text/cap.ts";
import { toCleanText, toOneLine } from "../../src/text/clean.ts";
import { fence } from "../../src/text/fence.ts";

/** What hides, what it hides between, and halves of characters that only together are one. */
const trick = fc.constantFrom(
  "\u200b",
  "\u200d",
  "\u200c",
  "\u00ad",
  "\ufe0f",
  "\ufe00",
  "\u202e",
  "\u{e0041}",
  "\u{e0100}",
  "\u{1bca0}",
  "\u{1d173}",
  "\u3164",
  "\u115f",
  "\u180b",
  "\ufeff",
  "\u0000",
  "\u001b",
  "\u0085",
  "a",
  "1",
  "`",
  "``",
  "\n",
  "\r",
  "\u2028",
  " ",
  "é",
  "e\u0301",
  "👩",
  "❤",
  "🏽",
  "م",
  "क्",
  "\ud83d",
  "\udb40",
  "\udc41",
  "\udd00",
  "taiga-data",
);
const hostile = fc.oneof(
  fc.array(trick, { maxLength: 12 }).map((parts) => parts.join("")),
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.array(fc.integer({ min: 0, max: 0xff_ff }), { maxLength: 20 }).map(toUtf16),
);

/** Any UTF-16, including lone surrogates. */
function toUtf16(units: number[]): string {
  return String.fromCharCode(...units);
}

/** Unicode's own list of what is not displayed, and all that controls. */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u;
const MAY_STAY = /^(?:[\t\n]|\u200c|\u200d|[\ufe00-\ufe0f])$/;
const ORDINARY = [
  "a",
  "Z",
  "é",
  "9",
  " ",
  ".",
  "-",
  "#",
  "@",
  "`",
  "'",
  "ß",
  "ж",
  "漢",
  "\n",
  "\t",
];
const RUNS = { numRuns: 400 };

describe("cleaned text of any input", () => {
  // @rule TAIGA-5
  it("holds no character that a person does not see, but for joiners and selectors after what they belong to", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        let before = "";
        for (const character of toCleanText(text)) {
          if (INVISIBLE.test(character)) {
            expect(character).toMatch(MAY_STAY);
            if (!/[\t\n]/.test(character)) {
              expect(before).not.toMatch(/^[\sA-Za-z]?$/);
              // Consecutive joiners could carry invisible bits.
              expect(before).not.toMatch(/^(\u200c|\u200d)$/);
            }
          }
          before = character;
        }
      }),
      RUNS,
    );
  });

  // @rule INPUT-20
  it("stays as it is when it is cleaned again, so that nothing hides behind what was removed", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(toCleanText(toCleanText(text))).toBe(toCleanText(text));
      }),
      RUNS,
    );
  });

  it("keeps every letter, digit and sign of ordinary text", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...ORDINARY) }), (text) => {
        expect(toCleanText(text)).toBe(text);
      }),
    );
  });

  it("is one line where one line is wanted", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(toOneLine(text)).not.toMatch(/[\n\r\t\v\f\u0085\u2028\u2029]|^\s|\s$|\s\s/);
      }),
      RUNS,
    );
  });
});

describe("a fence around any text", () => {
  // @rule TAIGA-5
  it("contains the cleaned text, and no line of the text closes it", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const lines = fence(text).split("\n");
        const marks = lines.at(-1) ?? "";
        expect(marks).toMatch(/^`{3,}$/);
        expect(lines[0]).toBe(`${marks}taiga-data`);
        expect(lines.slice(1, -1).join("\n")).toBe(toCleanText(text));
        // CommonMark §4.5: a closing fence has at least as many marks, up to three spaces before.
        expect(lines.slice(1, -1).filter((line) => line.includes(marks))).toEqual([]);
      }),
      RUNS,
    );
  });
});

describe("caps of any text", () => {
  // @rule INPUT-20
  it("keep to the bytes and cut between characters", () => {
    const wellFormed = fc.string({ unit: "binary", maxLength: 40 });
    fc.assert(
      fc.property(wellFormed, fc.integer({ min: 0, max: 60 }), (text, maxBytes) => {
        const capped = capText(text, maxBytes);
        if (Buffer.byteLength(text) <= maxBytes) {
          expect(capped).toBe(text);
          return;
        }
        const end = capped.lastIndexOf("\n[… ");
        const shown = capped.slice(0, end);
        expect(Buffer.byteLength(shown)).toBeLessThanOrEqual(maxBytes);
        expect(text.startsWith(shown)).toBe(true);
        expect(shown.isWellFormed()).toBe(true);
        expect(capped.slice(end)).toBe(
          `\n[… ${text.length - shown.length} more characters left out]`,
        );
      }),
    );
  });

  it("count as many texts as fit, and not one more", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 9 })), fc.nat(60), (texts, maxBytes) => {
        const sizeOf = (count: number) =>
          texts.slice(0, count).reduce((sum, text) => sum + Buffer.byteLength(text) + 1, 0);
        const fitting = countFitting(texts, maxBytes);
        expect(sizeOf(fitting)).toBeLessThanOrEqual(maxBytes);
        if (fitting < texts.length) expect(sizeOf(fitting + 1)).toBeGreaterThan(maxBytes);
      }),
    );
  });
});
