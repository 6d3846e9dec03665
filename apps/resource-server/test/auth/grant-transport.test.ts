import { describe, expect, it } from "vitest";
import { createGrantTransport } from "../../src/auth/grant-transport.ts";
import type { TaigaCredentials } from "../../src/auth/taiga-credentials.ts";
import { createFakeTaiga } from "../support/fake-taiga.ts";

const REQUEST = {
  method: "POST",
  path: "/userstories",
  query: "",
  headers: { Accept: "application/json" },
  body: "{}",
  signal: undefined,
} as const;

const transportWith = (tokens: readonly string[], accepted: string) => {
  const taiga = createFakeTaiga();
  taiga.tokens.add(accepted);
  taiga.answers.set("/userstories", { id: 1 });
  const [first = "", ...others] = tokens;
  const bearer = (token: string) => ({ scheme: "Bearer" as const, token });
  const credentials: Pick<TaigaCredentials, "get" | "renew"> = {
    get: async () => bearer(first),
    renew: async () => (others[0] === undefined ? undefined : bearer(others[0])),
  };
  const transport = createGrantTransport(taiga, credentials, { grantId: "g", accessToken: "mcp" });
  return { taiga, transport };
};

describe("createGrantTransport", () => {
  // @rule MCP-AUTH-3
  it("authenticates each request with the Taiga token, and never sends the MCP token", async () => {
    const { taiga, transport } = transportWith(["good"], "good");
    expect((await transport.send(REQUEST)).status).toBe(200);
    expect(taiga.requests).toHaveLength(1);
    expect(JSON.stringify(taiga.requests)).not.toContain("mcp");
  });

  // @rule VAULT-1
  it("retries a request that was refused for its token once, with a new token", async () => {
    const { taiga, transport } = transportWith(["old", "new"], "new");
    expect((await transport.send(REQUEST)).status).toBe(200);
    expect(taiga.requests.map(({ headers }) => headers["authorization"])).toEqual([
      "Bearer old",
      "Bearer new",
    ]);
  });

  // @rule VAULT-1
  it("stops after the second refusal", async () => {
    const { taiga, transport } = transportWith(["old", "new"], "other");
    expect((await transport.send(REQUEST)).status).toBe(401);
    expect(taiga.requests).toHaveLength(2);
  });

  it("stops at once when there is no other token", async () => {
    const { taiga, transport } = transportWith(["old"], "new");
    expect((await transport.send(REQUEST)).status).toBe(401);
    expect(taiga.requests).toHaveLength(1);
  });
});
