// What went wrong in other servers, about requests that two readers read differently, tried on this
// one.
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Harness, rpc, startHarness } from "../support/harness.ts";

let rs: Harness;
beforeEach(async () => {
  rs = await startHarness();
  rs.grant("token");
});
afterEach(() => rs.close());

it.each([
  "readonly=true&readonly=false",
  "readonly=false&readonly=true",
  "readonly=true&%72eadonly=false",
  "toolsets=core&toolsets=core",
])(
  "Keycloak CVE-2026-9689: a limit in the address that is given twice is refused: %s",
  async (query) => {
    const call = rpc("tools/call", { name: "create_things", arguments: {} });
    const path = `/mcp?${query}`;
    const response = await rs.post(call, { token: "token", path });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      detail: expect.stringMatching(/^(readonly|toolsets): must be given only once\.$/),
    });
    const metadata = await fetch(`${rs.url}/.well-known/oauth-protected-resource/mcp?${query}`);
    expect(await metadata.json()).toMatchObject({ resource: rs.mcp });
  },
);

it("Keycloak CVE-2026-9689: a token in the header is no reason to overlook a second one in the address", async () => {
  const path = "/mcp?access_token=another";
  const response = await rs.post(rpc("tools/list"), { token: "token", path });
  expect(response.status).toBe(400);
  expect(rs.authServer.requests).toEqual([]);
});
