import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startApi, type Api } from "./support/api.ts";

describe("the hooks for tests", () => {
  let api: Api;
  beforeEach(async () => {
    api = await startApi();
  });
  afterEach(() => api.close());

  test("requests are counted with scheme and user, never with a token", async () => {
    const { auth_token } = await api.login("bob");
    api.sandbox.control.clearRequests();
    await api.call("GET /users?project=1", { as: "bob" });
    await api.call("GET /nonexistent");
    expect(api.sandbox.control.requests).toEqual([
      {
        method: "GET",
        path: "/api/v1/users",
        query: "?project=1",
        authorizationScheme: "Bearer",
        user: "bob",
      },
      {
        method: "GET",
        path: "/api/v1/nonexistent",
        query: "",
        authorizationScheme: null,
        user: null,
      },
    ]);
    expect(JSON.stringify(api.sandbox.control.requests)).not.toContain(auth_token);
  });

  test("the next requests fail as asked for, then all is well again", async () => {
    api.sandbox.control.failNext(2, 502);
    const statuses = [];
    for (let left = 3; left > 0; left -= 1) {
      statuses.push((await api.call("GET /projects")).status);
    }
    expect(statuses).toEqual([502, 502, 200]);
  });

  test("a throttled request looks like one of Taiga's", async () => {
    api.sandbox.control.failNext(1, 429);
    const answer = await api.call("GET /projects");
    expect(answer.headers.get("X-Throttle-Wait-Seconds")).toBe("60");
    expect(answer.body._error_type).toBe("taiga.base.exceptions.Throttled");
  });

  test("a connection can be cut, and one can hang until the caller gives up", async () => {
    api.sandbox.control.failNext(1, "reset");
    await expect(api.call("GET /projects")).rejects.toThrow("fetch failed");
    api.sandbox.control.failNext(1, "hang");
    const signal = AbortSignal.timeout(100);
    await expect(fetch(`${api.baseUrl}/projects`, { signal })).rejects.toThrow(/timeout/);
  });

  test("none of them can be reached over HTTP", async () => {
    for (const path of ["control", "reset", "fail", "requests"]) {
      expect((await api.call(`POST /${path}`, { as: "admin" })).status).toBe(404);
    }
  });
});
