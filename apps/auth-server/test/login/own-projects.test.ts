import { TaigaError } from "@taiga-mcp/taiga-client";
import { describe, expect, it } from "vitest";
import { createOwnProjects } from "../../src/login/own-projects.ts";

const CREDENTIAL = { scheme: "Bearer", token: "token" } as const;

describe("a user's own projects", () => {
  it("are listed by name, with only the fields that the page shows", async () => {
    const asked: unknown[] = [];
    const list = createOwnProjects(async (userId, credential, signal) => {
      asked.push([userId, credential, signal.aborted]);
      return [
        { id: 2, name: "zebra", slug: "zebra", description: "long" },
        { id: 1, name: "Älpha", slug: "alpha", description: "long" },
        { id: 3, name: "apollo", slug: "apollo", description: "long" },
      ];
    });
    expect(await list(5, CREDENTIAL)).toEqual([
      { id: 1, name: "Älpha", slug: "alpha" },
      { id: 3, name: "apollo", slug: "apollo" },
      { id: 2, name: "zebra", slug: "zebra" },
    ]);
    expect(asked).toEqual([[5, CREDENTIAL, false]]);
  });

  it.each(["unavailable", "throttled", "token_not_valid", "aborted"] as const)(
    "are unknown when Taiga answers %s, and the consent continues",
    async (code) => {
      const list = createOwnProjects(() => Promise.reject(new TaigaError(code, "no")));
      expect(await list(5, CREDENTIAL)).toBeUndefined();
    },
  );

  it("does not hide a bug", async () => {
    const list = createOwnProjects(() => Promise.reject(new TypeError("bug")));
    await expect(list(5, CREDENTIAL)).rejects.toThrow("bug");
  });
});
