// Advisories of other servers about requests that two parsers read differently, tested against this
// one.
import { afterEach, beforeEach, expect, it } from "vitest";
import { ME } from "../support/fake-taiga.ts";
import { type Harness, rpc, startHarness } from "../support/harness.ts";
import { toolDoing } from "../support/tools.ts";

let rs: Harness;
beforeEach(async () => {
  const me = toolDoing("get_me", "read", async ({ taiga }) => (await taiga.users.me()).username);
  rs = await startHarness({ tools: [me] });
  rs.taiga.answers.set("/users/me", ME);
  for (const user of ["token", "ada"]) {
    rs.grant(user, { sub: user });
    const borrowed = { access_token: `taiga-token of ${user}`, token_type: "Bearer" };
    rs.authServer.exchanges.set(user, { ...borrowed, expires_in: 600 });
    rs.taiga.tokens.add(borrowed.access_token);
  }
});
afterEach(() => rs.close());

// @rule CVE-2026-9689
it.each([
  "readonly=true&readonly=false",
  "readonly=false&readonly=true",
  "readonly=true&%72eadonly=false",
  "toolsets=core&toolsets=core",
])("Keycloak CVE-2026-9689: a repeated limit in the URL is refused: %s", async (query) => {
  const call = rpc("tools/call", { name: "get_me", arguments: {} });
  const path = `/mcp?${query}`;
  const response = await rs.post(call, { token: "token", path });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({
    detail: expect.stringMatching(/^(readonly|toolsets): must be given only once\.$/),
  });
  const metadata = await fetch(`${rs.url}/.well-known/oauth-protected-resource/mcp?${query}`);
  expect(await metadata.json()).toMatchObject({ resource: rs.mcp });
});

// @rule CVE-2026-9689
it("Keycloak CVE-2026-9689: a second token in the URL is refused, although the header has one", async () => {
  const path = "/mcp?access_token=another";
  const response = await rs.post(rpc("tools/list"), { token: "token", path });
  expect(response.status).toBe(400);
  expect(rs.authServer.requests).toEqual([]);
});

// @rule CVE-2025-61928
it("better-auth CVE-2025-61928: the user of a call is the token's, whatever headers, URL or message say", async () => {
  const names = { user: "ada", userId: "ada", sub: "ada", gid: "grant of ada" };
  const headers = { "x-user": "ada", "x-forwarded-user": "ada", "x-user-id": "ada" };
  const query = new URLSearchParams(names).toString();
  const params = { name: "get_me", arguments: names, _meta: names, ...names };
  const call = rpc("tools/call", params);
  const response = await rs.post(call, { token: "token", headers, path: `/mcp?${query}` });
  expect(await response.text()).toContain("ana");
  const used = rs.taiga.requests.map((request) => request.headers["authorization"]);
  expect(used).toEqual(["Bearer taiga-token of token"]);
  const anonymous = await rs.post(call, { headers, path: `/mcp?${query}` });
  expect(anonymous.status).toBe(401);
});
