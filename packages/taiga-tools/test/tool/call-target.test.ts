import { expect, it } from "vitest";
import { toCallTarget } from "../../src/tool/call-target.ts";

// @rule ACC-7
it.each([
  [{ project: "apollo", refs: ["#12", 13] }, "apollo #12, 13"],
  [{ items: [{ ref: "apollo#1", version: 3 }] }, "apollo#1"],
  [{ refs: ["1", "2", "3", "4", "5", "6", "7"] }, "1, 2, 3, 4, 5 and 2 more"],
  [{ items: [{ subject: "Secret plan", project: "apollo" }] }, "apollo 1 item"],
  [{ project: "apollo", items: [{ subject: "a" }, { subject: "b" }] }, "apollo 2 items"],
  [{ project: "apollo", sprint: "Secret sprint", new_name: "Secret" }, "apollo sprint"],
  [{ refs: ["Secret plan, all of it"], comment: "Secret" }, ""],
  [{ project: "x".repeat(500), refs: "no list", items: 7 }, ""],
  [undefined, ""],
  ["text", ""],
])("%j names what it writes to, and no text of it", (args, target) => {
  expect(toCallTarget(args)).toBe(target);
});
