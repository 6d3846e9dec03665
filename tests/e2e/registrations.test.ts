// The registrations that known clients send, member by member, and hostile ones.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { approve } from "../support/browser.ts";
import { CODE_GRANT, KNOWN_REGISTRATIONS } from "../support/known-registrations.ts";
import { startSystem, type System } from "../support/system.ts";

let system: System;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system.stop());

const register = async (metadata: unknown): Promise<Response> =>
  await fetch(`${system.issuer}/register`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(metadata),
  });

describe.each(KNOWN_REGISTRATIONS)("%s", (_name, redirectUri, metadata) => {
  // @rule RFC7591-2-1
  it("is registered as requested, and receives its code", async () => {
    const response = await register(metadata);
    const client = (await response.json()) as Record<string, unknown>;
    expect(client).not.toHaveProperty("error");
    expect(response.status).toBe(201);
    expect(client).toMatchObject({
      redirect_uris: metadata["redirect_uris"],
      token_endpoint_auth_method: metadata["token_endpoint_auth_method"],
      grant_types: CODE_GRANT.grant_types,
      response_types: CODE_GRANT.response_types,
    });
    const isConfidential = metadata["token_endpoint_auth_method"] !== "none";
    expect("client_secret" in client).toBe(isConfidential);
    expect(Object.values(client)).not.toContain(null);

    const url = new URL(`${system.issuer}/authorize`);
    url.search = new URLSearchParams({
      response_type: "code",
      client_id: String(client["client_id"]),
      redirect_uri: redirectUri,
      // RFC 7636 appendix B.
      code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
      code_challenge_method: "S256",
      state: "af0ifjsldkj",
      resource: system.mcpUrl,
    }).toString();
    const answer = await approve(url, { username: "alice" });
    expect(answer.href.startsWith(new URL(redirectUri).href)).toBe(true);
    expect(answer.searchParams.get("state")).toBe("af0ifjsldkj");
    expect(answer.searchParams.get("code")).toMatch(/\S/);
  });
});

describe("hostile redirect URIs", () => {
  // @rule RFC8252-7-1 ADV-workers-script-uri
  it.each([
    ["a script", "javascript:alert(document.cookie)//x.y"],
    ["a document in the address", "data:text/html,<script>alert(1)</script>"],
    ["a file", "file:///etc/passwd"],
    ["the source of a page", "view-source:https://evil.example/"],
    ["a blob", "blob:https://evil.example/1"],
    ["plain http to another machine", "http://evil.example/callback"],
    ["a name that only begins like this machine", "http://localhost.evil.example/callback"],
    ["an address that only begins like this machine", "http://127.0.0.1.evil.example/callback"],
    ["a user name that looks like this machine", "http://localhost:3118@evil.example/callback"],
    ["a user name that looks like a client's host", "https://claude.ai@evil.example/callback"],
    ["every address of this machine", "http://0.0.0.0:3118/callback"],
    ["a fragment, which would swallow the answer", "https://claude.ai/api/mcp/auth_callback#x"],
    ["a backslash, which browsers read as a slash", "https://evil.example\\@claude.ai/callback"],
    ["a line break", "https://claude.ai/\r\nSet-Cookie: a=b"],
    ["a look-alike host in another alphabet", "https://clаude.ai/api/mcp/auth_callback"],
    ["an unknown scheme", "myapp://callback"],
    ["a relative reference", "/callback"],
    ["nothing", ""],
    ["no text", 42],
  ])("are refused: %s", async (_what, redirectUri) => {
    const response = await register({ client_name: "Evil", redirect_uris: [redirectUri] });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: "invalid_redirect_uri",
      error_description: expect.stringMatching(/^redirect_uris\[0\]: /) as string,
    });
  });

  it("are left out among good ones", async () => {
    const response = await register({
      redirect_uris: ["https://claude.ai/api/mcp/auth_callback", "javascript:alert(1)//x.y"],
    });
    expect(response.status).toBe(201);
    expect(await response.json()).toMatchObject({
      redirect_uris: ["https://claude.ai/api/mcp/auth_callback"],
    });
  });
});
