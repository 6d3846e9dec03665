import { UnavailableError } from "@taiga-mcp/service";
import { expect, it } from "vitest";
import { createAuthorizationServer } from "../../src/auth/authorization-server.ts";

const serverAnswering = (response: Response, requests: Request[] = []) =>
  createAuthorizationServer({
    issuer: "https://auth.test",
    authServerUrl: "http://auth.internal",
    clientId: "rs",
    clientSecret: "secret",
    fetch: async (url, init) => {
      requests.push(new Request(url, init));
      return response;
    },
  });

const open = (response: Response, requests?: Request[]) =>
  serverAnswering(response, requests).openRevocations(new AbortController().signal);

// @rule MCP-AUTH-5
it("opens the event stream with the resource server's credentials, and follows no redirect with them", async () => {
  const requests: Request[] = [];
  const headers = { "content-type": "text/event-stream; charset=utf-8" };
  const stream = await open(new Response("data: x\n\n", { headers }), requests);
  expect(await new Response(stream).text()).toBe("data: x\n\n");
  expect(requests[0]).toMatchObject({
    url: "http://auth.internal/revocations",
    method: "GET",
    redirect: "error",
  });
  expect(requests[0]?.headers.get("authorization")).toBe(`Basic ${btoa("rs:secret")}`);
  expect(requests[0]?.headers.get("accept")).toBe("text/event-stream");
});

it.each([
  ["refused because the authorization server has lost its broadcast", 503, "text/event-stream"],
  ["of another type", 200, "application/json"],
])("does not accept a stream response that is %s", async (_what, status, type) => {
  const response = new Response("{}", { status, headers: { "content-type": type } });
  await expect(open(response)).rejects.toBeInstanceOf(UnavailableError);
});

it("tells only the operator that the resource server's secret is wrong", async () => {
  const error: unknown = await open(new Response("{}", { status: 401 })).catch(
    (thrown: unknown) => thrown,
  );
  expect((error as Error).message).not.toContain("RS_CLIENT_SECRET");
  expect(((error as Error).cause as Error).message).toContain("RS_CLIENT_SECRET");
});
