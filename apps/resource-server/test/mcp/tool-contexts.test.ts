import { createSqliteKv } from "@taiga-mcp/store";
import { describe, expect, it } from "vitest";
import { createIdempotencyLedgers } from "../../src/items/idempotency-ledger.ts";
import { createToolContexts } from "../../src/mcp/tool-contexts.ts";
import { createProjectDirectories } from "../../src/projects/project-directory.ts";

const clock = (): number => 1_800_000_000;

describe("a call under an idempotency key", () => {
  const contexts = createToolContexts({
    transport: { send: () => Promise.reject(new Error("nobody asks")), close: async () => {} },
    credentials: {
      get: () => Promise.reject(new Error()),
      renew: async () => undefined,
      forget: () => {},
    },
    directories: createProjectDirectories({ clock, maxUsers: 1 }),
    ledgers: createIdempotencyLedgers({ kv: createSqliteKv({ file: ":memory:", clock }), clock }),
    confirmationKey: new Uint8Array(32),
    taigaWebUrl: "https://taiga.test",
    clock,
  });
  const run = async (projects: "all" | number[], result: string): Promise<string> => {
    const grant = { subject: "bob", grantId: "any", access: "write" as const, projects };
    const context = contexts.forCall(
      {
        grant,
        accessToken: "token",
        narrowing: { readOnly: false, toolsets: undefined },
        requestId: "1",
      },
      { signal: new AbortController().signal, reportProgress: async () => undefined },
    );
    const call = { tool: "create_items", key: "key", args: {} };
    return (await context.ledger.run(call, async () => ({ result, isComplete: true }))).result;
  };

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
