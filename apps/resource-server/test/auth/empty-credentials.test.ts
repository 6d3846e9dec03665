import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Harness, startHarness } from "../support/harness.ts";

let rs: Harness;
beforeAll(async () => {
  rs = await startHarness();
});
afterAll(() => rs.close());

// @rule RFC6750-3-2
it.each(["", "Bearer", "Bearer ", "bearer  \t"])(
  "answers the empty credentials %j with the challenge of a request without a token",
  async (authorization) => {
    const { hostname, port, host } = new URL(rs.url);
    // `fetch` would trim the value.
    const headers = ["host", host, "authorization", authorization];
    const sent = request({ hostname, port, path: "/mcp", method: "POST", headers }).end();
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    response.resume();
    expect(response.statusCode).toBe(401);
    expect(response.headers["www-authenticate"]).toMatch(/^Bearer scope=".+", resource_metadata=/);
    expect(response.headers["www-authenticate"]).not.toContain("error");
  },
);
