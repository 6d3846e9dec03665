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
  it("is never answered with what a connection to other projects was told", async () => {
    expect(await run("all", "of all")).toBe("of all");
    expect(await run([1, 2], "of two")).toBe("of two");
    expect(await run([12], "of another")).toBe("of another");
  });

  it("is answered again where the projects are the same, in whatever order they stand", async () => {
    expect(await run("all", "new")).toBe("of all");
    expect(await run([2, 1], "new")).toBe("of two");
  });
});
