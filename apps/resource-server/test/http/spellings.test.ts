// Clients compare the resource in the metadata with the address that they were given, to the letter.
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Harness, rpc, startHarness } from "../support/harness.ts";

let rs: Harness;
beforeAll(async () => {
  rs = await startHarness();
});
afterAll(() => rs.close());

const CHALLENGED_METADATA = /resource_metadata="(?<url>[^"]+)"/;

// @rule RFC9728-3.3-1
it.each([
  "/mcp",
  "/mcp/",
  "/mcp?readonly=true",
  "/mcp/?readonly=true",
  "/mcp?answers=structured",
  "/mcp?readonly=true&answers=structured",
])("the challenge of %s leads to metadata that names that spelling", async (path) => {
  const response = await rs.post(rpc("tools/list"), { path });
  expect(response.status).toBe(401);
  const challenge = response.headers.get("www-authenticate") ?? "";
  const url = CHALLENGED_METADATA.exec(challenge)?.groups?.["url"] ?? "";
  const metadata = (await (await fetch(url)).json()) as { resource: string };
  expect(metadata.resource).toBe(`${rs.url}${path}`);
});

// @rule RFC9728-3.3-1
it.each(["/MCP", "/mcp//", "//mcp", "/%6dcp", "/mcp/x"])("%s is 404", async (path) => {
  expect((await rs.post(rpc("tools/list"), { path })).status).toBe(404);
});

// @rule RFC9728-3.3-1
it.each(["/MCP", "/mcp//", "/mcp/x"])("there is no metadata for %s", async (path) => {
  const response = await fetch(`${rs.url}/.well-known/oauth-protected-resource${path}`);
  expect(response.status).toBe(404);
});
