// Clients of MCP 2025-03-26 look for the authorization server on the host of the MCP endpoint.
import { createHttpLogger, createLogger, problemHandler } from "@taiga-mcp/service";
import express from "express";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createAuthorizationServerMetadata } from "../../src/http/authorization-server-metadata.ts";
import { openTestServer, type TestServer } from "../support/http-server.ts";

const ISSUER = "https://auth.test";
const DOCUMENT = { issuer: ISSUER, token_endpoint: `${ISSUER}/token` };
const PATH = "/.well-known/oauth-authorization-server";

let server: TestServer;
let now: number;
/** The URLs that were asked for. */
let asked: string[];
let answer: () => Promise<Response>;

beforeEach(async () => {
  now = 1_800_000_000;
  asked = [];
  answer = async () => Response.json(DOCUMENT);
  server = await openTestServer();
  server.serve(
    express()
      .use(createHttpLogger(createLogger({ name: "test", level: "silent" })))
      .use(
        createAuthorizationServerMetadata({
          resource: "https://mcp.test/mcp",
          issuer: ISSUER,
          authServerUrl: "http://auth.internal:3011",
          clock: () => now,
          fetch: (url) => {
            asked.push(new Request(url).url);
            return answer();
          },
        }),
      )
      .use(problemHandler),
  );
});
afterEach(() => server.close());

const get = (path = PATH) => fetch(`${server.url}${path}`);

describe("the copy of the authorization server's metadata", () => {
  // @rule MCP-AUTH-11
  it.each([PATH, `${PATH}/mcp`])("is at %s", async (path) => {
    const response = await get(path);
    expect([response.status, await response.json()]).toEqual([200, DOCUMENT]);
    expect(response.headers.get("cache-control")).toBe("public, max-age=300");
    expect(asked).toEqual([`http://auth.internal:3011${PATH}`]);
  });

  it("is read once for many clients, and anew after five minutes", async () => {
    await Promise.all([get(), get(), get()]);
    now += 299;
    await get();
    expect(asked).toHaveLength(1);
    now += 1;
    await get();
    expect(asked).toHaveLength(2);
  });

  // @rule MCP-AUTH-11
  it.each([
    ["is away", () => Promise.reject(new Error("refused"))],
    ["answers 503", async () => new Response("", { status: 503 })],
    ["names another issuer", async () => Response.json({ issuer: "https://evil.test" })],
    ["answers a page", async () => new Response("<html>")],
  ])(
    "is 503 as JSON while the authorization server %s, and the older copy if there is one",
    async (_name, failure) => {
      answer = failure;
      const refused = await get();
      expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "5"]);
      expect(refused.headers.get("content-type")).toContain("json");
      answer = async () => Response.json(DOCUMENT);
      await get();
      answer = failure;
      now += 3_600;
      expect(await (await get()).json()).toEqual(DOCUMENT);
    },
  );
});
