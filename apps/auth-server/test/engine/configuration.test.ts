import { expect, it } from "vitest";
import { createUnusedSigningKey } from "../../src/engine/configuration.ts";

it("the engine's own signing key is different in every process", () => {
  expect(createUnusedSigningKey().d).not.toBe(createUnusedSigningKey().d);
});
