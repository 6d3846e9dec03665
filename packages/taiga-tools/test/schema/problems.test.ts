import { describe, expect, it } from "vitest";
import { ToolError } from "../../src/errors.ts";
import { collectProblems } from "../../src/schema/problems.ts";

const fail = (message: string) => () => {
  throw new ToolError("not_found", message);
};
const later = (message: string) => async () => {
  await Promise.resolve();
  throw new ToolError("not_found", message);
};
const collect = (looks: readonly (() => unknown)[]) => collectProblems(looks, (look) => look());

describe("collectProblems", () => {
  it("maps a list, in its order", async () => {
    await expect(collectProblems([1, 2, 3], (item) => Promise.resolve(item * 2))).resolves.toEqual([
      2, 4, 6,
    ]);
  });

  it("names every problem once, in the order of the list, also those of a collection inside", async () => {
    const inside = () => collect([fail("b"), fail("c")]);
    const looks = [later("a"), inside, fail("b"), () => "fine", fail("d")];
    await expect(collect(looks)).rejects.toMatchObject({
      code: "invalid_argument",
      message: "a\nb\nc\nd",
    });
  });

  it("throws the only problem as it is, also when several looks met it", async () => {
    await expect(collect([fail("a"), fail("a")])).rejects.toMatchObject({ code: "not_found" });
  });

  it("counts what is too much to name", async () => {
    const looks = Array.from({ length: 12 }, (_, index) => fail(String(index)));
    await expect(collect(looks)).rejects.toThrow(/9\nand 2 more problems$/);
  });

  it("throws anything unexpected on", async () => {
    const bug = () => {
      throw new TypeError("bug");
    };
    await expect(collect([fail("a"), bug])).rejects.toThrow(TypeError);
  });
});
