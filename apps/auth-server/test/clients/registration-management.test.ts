import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  connect,
  createPkce,
  postJson,
  REDIRECT_URI,
  request,
  toAuthorizeParams,
} from "../support/client.ts";
import { createTestKv } from "../support/stores.ts";
import { startSystem, type System } from "../support/system.ts";

describe("registering a client", () => {
  let system: System;
  beforeEach(async () => {
    system = await startSystem();
  });
  afterEach(() => system.close());

  const registerWith = (metadata: object) => postJson(`${system.issuer}/register`, metadata);

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

    // @rule RFC7592-2-1
    it("can be read and deleted with the token only", async () => {
      expect((await request(url, { headers })).json["client_id"]).toBe(clientId);
      expect((await request(url)).status).toBe(401);
      expect((await request(url, { method: "DELETE" })).status).toBe(401);
      expect((await request(url, { method: "DELETE", headers })).status).toBe(204);
      expect((await request(url, { headers })).status).toBe(401);
    });

    // @rule RFC7592-2-1
    it("can be changed under the rules of a registration", async () => {
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
        grant_types: ["authorization_code", "refresh_token"],
      });
      expect(answer.json).not.toHaveProperty("scope");
      expect(answer.json).not.toHaveProperty("jwks_uri");
      expect(Object.values(answer.json)).not.toContain(null);
      const params = toAuthorizeParams(clientId, createPkce());
      const page = await request(`${system.issuer}/authorize?${params.toString()}`);
      expect([page.status, page.headers.get("location")]).toEqual([400, null]);
      expect((await request(url, { headers })).json["client_name"]).toBe("New");
    });

    // @rule RFC7592-2-1
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

    // @rule RFC7592-2-1
    it("cannot be changed with the token of another client, which the attempt invalidates", async () => {
      const other = await registerWith({ redirect_uris: [REDIRECT_URI] });
      const token = String(other.json["registration_access_token"]);
      headers = { authorization: `Bearer ${token}` };
      const answer = await put({ client_name: "Stolen" });
      expect([answer.status, answer.json["error"]]).toEqual([401, "invalid_token"]);
    });

    it("keeps its expiry when it is changed", async () => {
      const endsAt = async () => (await system.kv.get(system.keys.client(clientId)))?.expiresAt;
      const before = await endsAt();
      await put({ client_name: "New" });
      expect(await endsAt()).toBe(before);
      await connect(system, { clientId });
      const later = await endsAt();
      await put({ client_name: "Newer" });
      expect(await endsAt()).toBe(later);
    });

    // @rule RFC7592-2-1
    it("stays deleted when it is deleted during a change", async () => {
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
        // The update has read the client and its token, and is about to write.
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

    it("can be read, changed and deleted after a restart", async () => {
      const restarted = await startSystem({
        kv: system.store,
        settings: { ISSUER: system.issuer },
      });
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
});
