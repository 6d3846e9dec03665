import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createLogger } from "@taiga-mcp/service";
import {
  authorize,
  connect,
  createPkce,
  postForm,
  postJson,
  REDIRECT_URI,
  refresh,
  request,
  toAuthorizeParams,
} from "../support/client.ts";
import { createTestKv } from "../support/stores.ts";
import { startSystem, type System } from "../support/system.ts";
import { advance, stopClock } from "../support/time.ts";
import { UNUSED_CLIENT_TTL_SECONDS } from "../../src/engine/records.ts";

describe("registering a client", () => {
  let system: System;
  beforeEach(async () => {
    system = await startSystem();
  });
  afterEach(() => system.close());

  const registerWith = (metadata: object) => postJson(`${system.issuer}/register`, metadata);

  it("takes what Claude Code sends and answers nothing that is null", async () => {
    const answer = await registerWith({
      client_name: "Claude Code (taiga)",
      redirect_uris: ["http://localhost:53211/callback"],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: "none",
      application_type: "native",
    });
    expect(answer.status).toBe(201);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.json).toMatchObject({
      client_name: "Claude Code (taiga)",
      redirect_uris: ["http://localhost:53211/callback"],
      token_endpoint_auth_method: "none",
      application_type: "native",
    });
    expect(Object.values(answer.json)).not.toContain(null);
    expect(answer.json).not.toHaveProperty("client_secret");
  });

  it("makes every client native, so that loopback and private-use redirects work and http elsewhere does not", async () => {
    const answer = await registerWith({
      application_type: "web",
      redirect_uris: ["cursor://anysphere.cursor-mcp/oauth/callback", "http://localhost:1/cb"],
    });
    expect(answer.status).toBe(201);
    expect(answer.json["application_type"]).toBe("native");
    const refused = await registerWith({
      application_type: "web",
      redirect_uris: ["http://evil.example/cb"],
    });
    expect(refused.json["error"]).toBe("invalid_redirect_uri");
  });

  it("ignores what the engine would choke on: unknown scopes and grants, null and empty members", async () => {
    const answer = await registerWith({
      redirect_uris: [REDIRECT_URI],
      scope: "openid profile something:else",
      grant_types: ["authorization_code", "urn:ietf:params:oauth:grant-type:device_code"],
      client_uri: "",
      logo_uri: null,
      contacts: null,
      sector_identifier_uri: "https://internal.example/",
      jwks_uri: "https://169.254.169.254/keys",
    });
    expect(answer.status).toBe(201);
    expect(answer.json["grant_types"]).toEqual(["authorization_code"]);
    expect(answer.json).not.toHaveProperty("scope");
    expect(answer.json).not.toHaveProperty("jwks_uri");
  });

  it("defaults to a public client without a secret that nobody needs", async () => {
    const answer = await registerWith({ redirect_uris: [REDIRECT_URI] });
    expect(answer.json["token_endpoint_auth_method"]).toBe("none");
    expect(answer.json).not.toHaveProperty("client_secret");
    expect(answer.json["grant_types"]).toEqual(["authorization_code", "refresh_token"]);
  });

  it("gives a confidential client a secret that works and is asked for", async () => {
    const answer = await registerWith({
      redirect_uris: [REDIRECT_URI],
      token_endpoint_auth_method: "client_secret_basic",
    });
    const { client_id: clientId, client_secret: secret } = answer.json;
    const pkce = createPkce();
    const code = (await authorize(system, toAuthorizeParams(String(clientId), pkce))).get("code");
    const form = {
      grant_type: "authorization_code",
      redirect_uri: REDIRECT_URI,
      code: String(code),
      code_verifier: pkce.verifier,
    };
    const basic = (password: string): Record<string, string> => ({
      authorization: `Basic ${Buffer.from(`${String(clientId)}:${password}`).toString("base64")}`,
    });
    const wrong = await postForm(`${system.issuer}/token`, form, basic("wrong"));
    expect([wrong.status, wrong.json["error"]]).toEqual([401, "invalid_client"]);
    expect((await postForm(`${system.issuer}/token`, form, basic(String(secret)))).status).toBe(
      200,
    );
  });

  it.each([
    [{}, "invalid_redirect_uri", "redirect_uris: is missing."],
    [{ redirect_uris: [] }, "invalid_redirect_uri", "redirect_uris: must name at least one URI."],
    [
      { redirect_uris: "https://a.example" },
      "invalid_redirect_uri",
      "redirect_uris: must be a list",
    ],
    [
      { redirect_uris: [REDIRECT_URI, 7] },
      "invalid_redirect_uri",
      "redirect_uris[1]: must be text.",
    ],
    [
      { redirect_uris: ["https://a.example/#x"] },
      "invalid_redirect_uri",
      "redirect_uris[0]: must not have a fragment.",
    ],
    [
      { redirect_uris: Array.from({ length: 11 }, (_, index) => `https://a.example/${index}`) },
      "invalid_redirect_uri",
      "redirect_uris: must name at most 10 URIs.",
    ],
    [
      { redirect_uris: [REDIRECT_URI], grant_types: ["password"] },
      "invalid_client_metadata",
      "grant_types: must include authorization_code.",
    ],
    [
      { redirect_uris: [REDIRECT_URI], response_types: ["token"] },
      "invalid_client_metadata",
      "response_types: must include code.",
    ],
    [
      { redirect_uris: [REDIRECT_URI], token_endpoint_auth_method: "client_secret_jwt" },
      "invalid_client_metadata",
      "token_endpoint_auth_method: must be none,",
    ],
    [
      { redirect_uris: [REDIRECT_URI], token_endpoint_auth_method: "private_key_jwt" },
      "invalid_client_metadata",
      "jwks: is needed",
    ],
    [
      { redirect_uris: [REDIRECT_URI], client_name: "x".repeat(201) },
      "invalid_client_metadata",
      "client_name: must have at most 200 characters.",
    ],
    [
      { redirect_uris: [REDIRECT_URI], client_uri: "javascript:alert(1)" },
      "invalid_client_metadata",
      "client_uri: must be a web address.",
    ],
  ])("refuses %j and names the field", async (metadata, error, description) => {
    const answer = await registerWith(metadata);
    expect(answer.status).toBe(400);
    expect(answer.json["error"]).toBe(error);
    expect(answer.json["error_description"]).toContain(description);
  });

  it.each(["[]", '"text"', "null", "{"])("refuses the body %s with JSON", async (body) => {
    const answer = await request(`${system.issuer}/register`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    expect(answer.status).toBe(400);
    expect(answer.json["error"]).toMatch(/^invalid_/);
  });

  it("answers 413 to a body over 32 kB and 415 to a form, both as JSON", async () => {
    const large = await registerWith({
      redirect_uris: [REDIRECT_URI],
      client_name: "x".repeat(40_000),
    });
    expect([large.status, large.json["error"]]).toEqual([413, "invalid_request"]);
    const form = await postForm(`${system.issuer}/register`, { client_name: "x" });
    expect([form.status, form.json["error"]]).toEqual([415, "invalid_request"]);
  });

  it("is limited for each address, with an answer that clients can read", async () => {
    const limited = await startSystem({ config: { registrationsPerHour: 2 } });
    try {
      const metadata = { redirect_uris: [REDIRECT_URI] };
      await postJson(`${limited.issuer}/register`, metadata);
      await postJson(`${limited.issuer}/register`, metadata);
      const third = await postJson(`${limited.issuer}/register`, metadata);
      expect([third.status, third.json["error"]]).toEqual([429, "too_many_requests"]);
      expect(third.headers.get("retry-after")).not.toBeNull();
    } finally {
      await limited.close();
    }
  });

  it("counts a home's whole IPv6 network as one address, because every host has billions", async () => {
    const limited = await startSystem({ config: { registrationsPerHour: 2, trustProxy: 1 } });
    const registerFrom = async (address: string) => {
      const answer = await request(`${limited.issuer}/register`, {
        method: "POST",
        headers: { "content-type": "application/json", "x-forwarded-for": address },
        body: JSON.stringify({ redirect_uris: [REDIRECT_URI] }),
      });
      return answer.status;
    };
    try {
      expect(await registerFrom("2001:db8:1:2::1")).toBe(201);
      expect(await registerFrom("2001:db8:1:2:ffff::2")).toBe(201);
      expect(await registerFrom("2001:db8:1:2:aaaa::3")).toBe(429);
      expect(await registerFrom("2001:db8:99:2::1")).toBe(201);
    } finally {
      await limited.close();
    }
  });

  it("lasts a day until somebody logs in, then half a year", async () => {
    const clientId = String(
      (await registerWith({ redirect_uris: [REDIRECT_URI] })).json["client_id"],
    );
    const key = system.keys.client(clientId);
    const secondsLeft = async (): Promise<number> =>
      ((await system.kv.get(key))?.expiresAt ?? 0) - Date.now() / 1000;
    expect(await secondsLeft()).toBeLessThanOrEqual(UNUSED_CLIENT_TTL_SECONDS);
    await connect(system, { clientId });
    expect(await secondsLeft()).toBeGreaterThan(179 * UNUSED_CLIENT_TTL_SECONDS);
    const members = await system.kv.members(system.keys.clientIndex(clientId));
    expect(members).toHaveLength(2);
  });

  it("and its own token last half a year from every refresh on, and end when nobody refreshes", async () => {
    stopClock();
    try {
      const { json } = await registerWith({ redirect_uris: [REDIRECT_URI] });
      const clientId = String(json["client_id"]);
      const headers = { authorization: `Bearer ${String(json["registration_access_token"])}` };
      const isKnown = async (): Promise<boolean> =>
        (await request(String(json["registration_client_uri"]), { headers })).status === 200;
      let { tokens } = await connect(system, { clientId });
      for (let month = 0; month < 8; month += 1) {
        advance(29 * 86_400);
        const answer = await refresh(system, clientId, tokens.refresh_token);
        expect(answer.status).toBe(200);
        tokens = answer.json as unknown as typeof tokens;
      }
      advance(179 * 86_400);
      expect(await isKnown()).toBe(true);
      advance(2 * 86_400);
      expect(await isKnown()).toBe(false);
    } finally {
      vi.useRealTimers();
    }
  });

  it("ends after a day when nobody logs in", async () => {
    stopClock();
    try {
      const { json } = await registerWith({ redirect_uris: [REDIRECT_URI] });
      const params = toAuthorizeParams(String(json["client_id"]), createPkce());
      const open = () => request(`${system.issuer}/authorize?${params.toString()}`);
      advance(UNUSED_CLIENT_TTL_SECONDS - 1);
      expect((await open()).status).toBe(303);
      advance(2);
      expect((await open()).text).toContain("This app is not known here");
    } finally {
      vi.useRealTimers();
    }
  });

  it("counts an IPv6 network as one, because its owner picks any of 2^64 addresses", async () => {
    const limited = await startSystem({ config: { registrationsPerHour: 2, trustProxy: 1 } });
    const registerFrom = async (address: string): Promise<number> => {
      const { status } = await request(`${limited.issuer}/register`, {
        method: "POST",
        headers: { "content-type": "application/json", "x-forwarded-for": address },
        body: JSON.stringify({ redirect_uris: [REDIRECT_URI] }),
      });
      return status;
    };
    try {
      expect(await registerFrom("2001:db8:1:1::1")).toBe(201);
      expect(await registerFrom("2001:db8:1:1:ffff::2")).toBe(201);
      expect(await registerFrom("2001:db8:1:1:aaaa:bbbb:cccc:dddd")).toBe(429);
      expect(await registerFrom("2001:db8:1:2::1")).toBe(201);
      expect(await registerFrom("192.0.2.1")).toBe(201);
      expect(await registerFrom("::ffff:192.0.2.1")).toBe(201);
      expect(await registerFrom("192.0.2.1")).toBe(429);
      expect(await registerFrom("192.0.2.2")).toBe(201);
    } finally {
      await limited.close();
    }
  });

  it("is limited altogether, too; what one network is refused does not count", async () => {
    const config = { registrationsPerHour: 2, registrationsPerHourTotal: 3, trustProxy: 1 };
    const limited = await startSystem({ config });
    const registerFrom = (address: string) =>
      request(`${limited.issuer}/register`, {
        method: "POST",
        headers: { "content-type": "application/json", "x-forwarded-for": address },
        body: JSON.stringify({ redirect_uris: [REDIRECT_URI] }),
      });
    try {
      for (const status of [201, 201, 429, 429, 429]) {
        expect((await registerFrom("192.0.2.1")).status).toBe(status);
      }
      expect((await registerFrom("192.0.2.2")).status).toBe(201);
      const refused = await registerFrom("192.0.2.3");
      expect([refused.status, refused.json["error"]]).toEqual([429, "too_many_requests"]);
      expect(refused.json["error_description"]).toContain("everywhere");
      expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(3_500);
    } finally {
      await limited.close();
    }
  });

  describe("and its own token", () => {
    let url: string;
    let clientId: string;
    let headers: Record<string, string>;
    beforeEach(async () => {
      const { json } = await registerWith({ redirect_uris: [REDIRECT_URI], client_name: "Old" });
      url = String(json["registration_client_uri"]);
      clientId = String(json["client_id"]);
      headers = { authorization: `Bearer ${String(json["registration_access_token"])}` };
    });
    const put = (members: object) =>
      request(url, {
        method: "PUT",
        headers: { ...headers, "content-type": "application/json" },
        body: JSON.stringify({ client_id: clientId, redirect_uris: [REDIRECT_URI], ...members }),
      });

    it("can be read and ended; without the token neither", async () => {
      expect((await request(url, { headers })).json["client_id"]).toBe(clientId);
      expect((await request(url)).status).toBe(401);
      expect((await request(url, { method: "DELETE" })).status).toBe(401);
      expect((await request(url, { method: "DELETE", headers })).status).toBe(204);
      expect((await request(url, { headers })).status).toBe(401);
    });

    it("can be changed, by the rules of a registration", async () => {
      const answer = await put({
        client_name: "New",
        redirect_uris: ["https://app.example/cb"],
        application_type: "web",
        scope: "openid",
        jwks_uri: "https://169.254.169.254/keys",
        grant_types: ["authorization_code", "password"],
        tos_uri: null,
      });
      expect(answer.status).toBe(200);
      expect(answer.json).toMatchObject({
        client_id: clientId,
        client_name: "New",
        redirect_uris: ["https://app.example/cb"],
        application_type: "native",
        grant_types: ["authorization_code"],
      });
      expect(answer.json).not.toHaveProperty("scope");
      expect(answer.json).not.toHaveProperty("jwks_uri");
      expect(Object.values(answer.json)).not.toContain(null);
      const params = toAuthorizeParams(clientId, createPkce());
      const page = await request(`${system.issuer}/authorize?${params.toString()}`);
      expect([page.status, page.headers.get("location")]).toEqual([400, null]);
      expect((await request(url, { headers })).json["client_name"]).toBe("New");
    });

    it.each([
      [{ redirect_uris: ["javascript:alert(1)"] }, 400, "invalid_redirect_uri"],
      [{ redirect_uris: ["http://evil.example/cb"] }, 400, "invalid_redirect_uri"],
      [{ token_endpoint_auth_method: "private_key_jwt" }, 400, "invalid_client_metadata"],
      [{ client_id: "another" }, 400, "invalid_request"],
      [{ client_secret: "guessed" }, 400, "invalid_request"],
      [{ registration_access_token: "x" }, 400, "invalid_request"],
      [{ client_id_issued_at: 1 }, 400, "invalid_request"],
    ])("cannot be changed to %j", async (members, status, error) => {
      const answer = await put(members);
      expect([answer.status, answer.json["error"]]).toEqual([status, error]);
      expect((await request(url, { headers })).json["client_name"]).toBe("Old");
    });

    it("cannot be changed by the token of another client, which is lost by trying", async () => {
      const other = await registerWith({ redirect_uris: [REDIRECT_URI] });
      const token = String(other.json["registration_access_token"]);
      headers = { authorization: `Bearer ${token}` };
      const answer = await put({ client_name: "Stolen" });
      expect([answer.status, answer.json["error"]]).toEqual([401, "invalid_token"]);
    });

    it("does not live longer or shorter for being changed", async () => {
      const endsAt = async () => (await system.kv.get(system.keys.client(clientId)))?.expiresAt;
      const before = await endsAt();
      await put({ client_name: "New" });
      expect(await endsAt()).toBe(before);
      await connect(system, { clientId });
      const later = await endsAt();
      await put({ client_name: "Newer" });
      expect(await endsAt()).toBe(later);
    });

    it("stays deleted when it is deleted while a change of it is under way", async () => {
      const kv = createTestKv();
      const racing = await startSystem({ kv });
      try {
        const { json } = await postJson(`${racing.issuer}/register`, {
          redirect_uris: [REDIRECT_URI],
        });
        url = String(json["registration_client_uri"]);
        clientId = String(json["client_id"]);
        headers = { authorization: `Bearer ${String(json["registration_access_token"])}` };
        const key = racing.keys.client(clientId);
        let deleted: number | undefined;
        // The update has read the client and its token and is about to write.
        kv.before = async (method, name) => {
          if (deleted !== undefined || name !== key || !["set", "replace"].includes(method)) return;
          deleted = 0;
          deleted = (await request(url, { method: "DELETE", headers })).status;
        };
        const answer = await put({ client_name: "Back again" });
        expect(deleted).toBe(204);
        expect([answer.status, answer.json["error"]]).toEqual([401, "invalid_token"]);
        expect(await kv.get(key)).toBeUndefined();
        expect((await request(url, { headers })).status).toBe(401);
      } finally {
        await racing.close();
      }
    });

    it("gets a secret when it becomes confidential, and keeps it", async () => {
      const first = await put({ token_endpoint_auth_method: "client_secret_post" });
      const secret = String(first.json["client_secret"]);
      expect(secret.length).toBeGreaterThan(32);
      const second = await put({
        token_endpoint_auth_method: "client_secret_post",
        client_secret: secret,
      });
      expect(second.json["client_secret"]).toBe(secret);
    });

    it("can be read, changed and ended after a restart", async () => {
      const restarted = await startSystem({ kv: system.kv, config: { issuer: system.issuer } });
      url = url.replace(system.issuer, restarted.url);
      try {
        expect((await request(url, { headers })).json["client_name"]).toBe("Old");
        expect((await put({ client_name: "New" })).json["client_name"]).toBe("New");
        expect((await request(url, { method: "DELETE", headers })).status).toBe(204);
      } finally {
        await restarted.close();
      }
    });
  });

  it("prints nothing to the console", async () => {
    const lines: unknown[] = [];
    const original = console.warn;
    console.warn = (...args: unknown[]) => lines.push(args);
    try {
      const quiet = await startSystem({ logger: createLogger({ name: "test", level: "silent" }) });
      await connect(quiet);
      await quiet.close();
    } finally {
      console.warn = original;
    }
    expect(lines).toEqual([]);
  });
});
