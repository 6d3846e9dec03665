import { TaigaError } from "@taiga-mcp/taiga-client";
import { describe, expect, it } from "vitest";
import { ToolError } from "../src/errors.ts";
import { toFailure, toFailureText } from "../src/failure.ts";
import { toItemFailure } from "../src/items/outcome.ts";

const unavailable = Object.assign(new Error("The store does not answer."), {
  code: "temporarily_unavailable" as const,
});

describe("a failure", () => {
  it.each([
    new ToolError("not_found", 'status: there is no "Dun".'),
    new TaigaError("version_conflict", "The version is old"),
    new TaigaError("unavailable", "The connection broke", { outcomeUnknown: true }),
    new TaigaError("throttled", "Too many requests", { retryAfterSeconds: 7 }),
    unavailable,
  ])("reads the same for one item as for a whole call: %s", (error) => {
    const text = toFailureText(toFailure(error));
    expect(text).toMatch(/^[a-z_]+: .*\.$/);
    expect(toItemFailure(error).failure.error).toBe(text);
  });

  it("of one item is unknown when it may have been carried out, and says how to check", () => {
    const error = new TaigaError("unavailable", "It broke", { outcomeUnknown: true });
    expect(toItemFailure(error)).toMatchObject({
      failure: { outcome: "unknown", error: expect.stringContaining("get_items") },
      stops: true,
    });
  });
});
