import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApi, type Api } from "../support/api.ts";

describe("the conventions of the API", () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.close());

  test("HEAD works where GET does, and has its headers and no body", async () => {
    const answer = await api.call("HEAD /projects", { as: "alice" });
    expect(answer).toMatchObject({ status: 200, body: null });
    expect(answer.headers.get("x-pagination-count")).toBe("2");
  });

  test("a method that is not served is 405 and names those that are", async () => {
    const answer = await api.call("DELETE /projects", { as: "alice" });
    expect(answer.status).toBe(405);
    expect(answer.headers.get("allow")).toBe("GET, POST, HEAD, OPTIONS");
    expect(answer.body).toEqual({
      _error_message: "Method 'DELETE' not allowed.",
      _error_type: "taiga.base.exceptions.MethodNotAllowed",
    });
  });

  test("a client that accepts only HTML gets 406", async () => {
    const answer = await api.call("GET /projects", { headers: { Accept: "text/html" } });
    expect([answer.status, answer.body._error_message]).toEqual([
      406,
      "Could not satisfy the request's Accept header",
    ]);
  });

  test("a body that is too large is refused", async () => {
    const body = { project: 1, subject: "x".repeat(1_100_000) };
    expect((await api.call("POST /userstories", { as: "bob", body })).status).toBe(413);
  });

  test("a bad token is refused before the body is read", async () => {
    const headers = { Authorization: "Bearer nonsense", "Content-Type": "application/json" };
    const answer = await api.call("POST /userstories", { headers, body: "{" });
    expect([answer.status, answer.body.code]).toEqual([401, "token_not_valid"]);
  });

  test("the links between pages keep the other parameters", async () => {
    const path = "/userstory-statuses?project=1&page_size=2&page=2";
    const { headers } = await api.call(`GET ${path}`, { as: "bob" });
    const query = (name: string) => new URL(headers.get(name)!).search;
    expect(query("x-pagination-next")).toBe("?project=1&page_size=2&page=3");
    expect(query("x-pagination-prev")).toBe("?project=1&page_size=2&page=1");
  });

  test("without pagination there is everything and not a header about it", async () => {
    const headers = { "x-disable-pagination": "False" };
    const answer = await api.call("GET /points?page_size=2", { as: "bob", headers });
    expect(answer.body).toHaveLength(24);
    expect([...answer.headers.keys()].filter((name) => name.includes("pagin"))).toEqual([]);
  });
});
