import { TaigaError } from "@taiga-mcp/taiga-client";
import { describe, expect, it } from "vitest";
import { within } from "../../src/tool/within.ts";

describe("within", () => {
  it("passes on what arrives in time, good or bad", async () => {
    await expect(within(1_000, Promise.resolve(1))).resolves.toBe(1);
    await expect(within(1_000, Promise.reject(new TypeError("x")))).rejects.toThrow(TypeError);
  });

  it("fails with a Taiga error after the timeout", async () => {
    await expect(within(5, new Promise(() => {}))).rejects.toBeInstanceOf(TaigaError);
  });
});
