import { createSqliteKv } from "@taiga-mcp/store";
import { describe, expect, it } from "vitest";
import { createToolContexts } from "../../src/tool/contexts.ts";

const clock = (): number => 1_800_000_000;

describe("a call under an idempotency key", () => {
  const contexts = createToolContexts({
    connect: () => ({
      send: () => Promise.reject(new Error("nothing is asked")),
      close: async () => {},
    }),
    store: createSqliteKv({ file: ":memory:", clock }),
    confirmationKey: new Uint8Array(32),
    taigaWebUrl: "https://taiga.test",
    clock,
  });
  const run = async (projects: "all" | number[], result: string): Promise<string> => {
    const context = contexts.forCall(
      { subject: "bob", access: "write", projects, requestId: "1" },
      { signal: new AbortController().signal, reportProgress: async () => undefined },
    );
    const call = { tool: "create_items", key: "key", args: {} };
    const work = async () => ({ result, isComplete: true });
    return (await context.idempotency.run(call, work)).result;
  };

  // @rule TAIGA-2
  it("never returns the result of a connection to other projects", async () => {
    expect(await run("all", "of all")).toBe("of all");
    expect(await run([1, 2], "of two")).toBe("of two");
    expect(await run([12], "of another")).toBe("of another");
  });

  it("returns the earlier result for the same projects in any order", async () => {
    expect(await run("all", "new")).toBe("of all");
    expect(await run([2, 1], "new")).toBe("of two");
  });
});
