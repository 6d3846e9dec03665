import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseAnyReference, type Reference } from "../../src/items/reference.ts";
import { ToolError } from "../../src/errors.ts";

const WEB = "https://taiga.test";
const MAX_REF = 2_147_483_647;
const parse = (text: string) => parseAnyReference(text, WEB, "refs[0]");

const ref = fc.integer({ min: 1, max: MAX_REF });
const slug = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/).filter((text) => !text.endsWith("-"));
const space = fc.constantFrom("", " ", "\t", "  ");
const page = fc.constantFrom(
  ...([
    ["us", "story"],
    ["task", "task"],
    ["issue", "issue"],
    ["epic", "epic"],
  ] as const),
);

/** Texts of the right parts in a wrong or right order. */
const part = fc.constantFrom(
  "#",
  "42",
  "0",
  "-1",
  "2147483648",
  "99999999999999999999",
  "wiki:",
  "sprint:",
  "Home",
  " ",
  "slug",
  "https://taiga.test/project/a/us/",
  "https://evil.test/project/a/us/",
  "/",
  "%",
  "@",
);
const anyText = fc.oneof(
  fc.array(part, { maxLength: 6 }).map((parts) => parts.join("")),
  fc.string({ unit: "binary", maxLength: 30 }),
);

/** What a text means; `undefined` when it is refused as it should be. */
function read(text: string): Reference | undefined {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    expect(error.code).toBe("invalid_argument");
    expect(error.message).toMatch(/^refs\[0\]: /);
    return undefined;
  }
}

describe("a reference in any spelling that people use", () => {
  it("names the same item: 42, #42, slug#42, slug #42 and the address", () => {
    fc.assert(
      fc.property(ref, slug, space, (number, project, gap) => {
        expect(parse(`${gap}${number}${gap}`)).toEqual({ ref: number });
        expect(parse(`#${gap}${number}`)).toEqual({ ref: number });
        expect(parse(`${project}${gap}#${gap}${number}`)).toEqual({ project, ref: number });
      }),
    );
  });

  it("names the same item and its kind as an address, whatever follows the path", () => {
    const tail = fc.constantFrom("", "/", "?x=1", "#comments", "/?kanban=1#top");
    fc.assert(
      fc.property(page, fc.nat(999_999_998), slug, tail, ([word, kind], number, project, end) => {
        const address = `${WEB}/project/${project}/${word}/${number + 1}${end}`;
        expect(parse(address)).toEqual({ project, kind, ref: number + 1 });
      }),
    );
  });

  it("names a wiki page or a sprint by what stands after the colon", () => {
    fc.assert(
      fc.property(slug, slug, (project, name) => {
        expect(parse(`${project}#wiki:${name}`)).toEqual({ project, page: name });
        expect(parse(`sprint: ${name}`)).toEqual({ sprint: name });
        expect(parse(`${WEB}/project/${project}/wiki/${name}`)).toEqual({ project, page: name });
      }),
    );
  });
});

describe("any other text", () => {
  // @rule INPUT-19
  it("is refused as an argument, naming the field, or names something that Taiga can hold", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const reference = read(text);
        if (reference === undefined) return;
        if ("ref" in reference) {
          expect(Number.isInteger(reference.ref)).toBe(true);
          expect(reference.ref).toBeGreaterThanOrEqual(1);
          expect(reference.ref).toBeLessThanOrEqual(MAX_REF);
        } else {
          expect("page" in reference ? reference.page : reference.sprint).not.toBe("");
        }
        expect(reference.project).not.toBe("");
      }),
      { numRuns: 500 },
    );
  });

  // @rule INPUT-19
  it("never names an item when it is an address of another host, whatever stands before or in it", () => {
    const elsewhere = fc.oneof(
      fc.domain(),
      fc.constantFrom("taiga.test@evil.test", "taiga.test.evil.test", "taiga.test:8443", "[::1]"),
    );
    fc.assert(
      fc.property(elsewhere, ref, (host, number) => {
        expect(read(`https://${host}/project/a/us/${number}`)).toBeUndefined();
      }),
    );
  });
});
