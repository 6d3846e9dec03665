// Advisories of other authorization servers about client identity, tested against this one.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  authorize,
  connect,
  createPkce,
  exchangeCode,
  introspect,
  postForm,
  postJson,
  refresh,
  REDIRECT_URI,
  register,
  request,
  revoke,
  toAuthorizeParams,
} from "../support/client.ts";
import { type DocumentHost, startDocumentHost } from "../support/document-host.ts";
import { registerKeyClient } from "../support/key-client.ts";
import { createTestKv } from "../support/stores.ts";
import { startSystem, type System } from "../support/system.ts";

let system: System;
beforeEach(async () => {
  system = await startSystem();
});
afterEach(() => system.close());

describe("workers-oauth-provider", () => {
  // @rule ADV-workers-revocation
  it("revocation of others' tokens: a client can revoke only its own tokens, and none without authenticating", async () => {
    const { tokens, clientId } = await connect(system);
    const stranger = await register(system);
    for (const token of [tokens.access_token, tokens.refresh_token]) {
      await revoke(system, stranger, token);
      await postForm(`${system.issuer}/revoke`, { token });
      await revoke(system, "unknown", token);
    }
    expect((await introspect(system.issuer, tokens.access_token)).json["active"]).toBe(true);
    expect((await refresh(system, clientId, tokens.refresh_token)).status).toBe(200);
  });

  // @rule ADV-workers-code-replay
  it("replay of a guessed code: replaying a real code ends its grant, a made-up code does not", async () => {
    const clientId = await register(system);
    const pkce = createPkce();
    const code = (await authorize(system, toAuthorizeParams(clientId, pkce))).get("code") ?? "";
    const { json } = await exchangeCode(system, clientId, code, pkce);
    const isActive = async () =>
      (await introspect(system.issuer, String(json["access_token"]))).json["active"];
    const other = code.endsWith("_") ? "-" : "_";
    for (const guess of [code.slice(0, -1) + other, code.slice(0, 20), `${code}x`]) {
      await exchangeCode(system, clientId, guess, pkce);
    }
    expect(await isActive()).toBe(true);
    // Not from the client itself, which knows the verifier.
    await exchangeCode(system, clientId, code, createPkce());
    expect(await isActive()).toBe(false);
  });
});

describe("Pocket ID", () => {
  // @rule CVE-2026-28513
  it("CVE-2026-28513: another client cannot redeem a code, which stays valid for its own client", async () => {
    const clientId = await register(system);
    const thief = await register(system);
    const pkce = createPkce();
    const code = (await authorize(system, toAuthorizeParams(clientId, pkce))).get("code") ?? "";
    const stolen = await exchangeCode(system, thief, code, pkce);
    expect([stolen.status, stolen.json["error"]]).toEqual([400, "invalid_grant"]);
    expect((await exchangeCode(system, clientId, code, pkce)).status).toBe(200);
  });
});

describe("better-auth", () => {
  // @rule CVE-2026-45364
  it("CVE-2026-45364: another address of the same IPv6 network does not get around a limit", async () => {
    const limited = await startSystem({
      settings: { REGISTRATIONS_PER_HOUR: "1", TRUST_PROXY: "1" },
    });
    const registerFrom = (address: string) =>
      request(`${limited.issuer}/register`, {
        method: "POST",
        headers: { "content-type": "application/json", "x-forwarded-for": address },
        body: JSON.stringify({ redirect_uris: [REDIRECT_URI] }),
      });
    try {
      expect((await registerFrom("2001:db8::1")).status).toBe(201);
      for (const last of ["2", "ffff", "1:2:3:4", "0:0:0:1"]) {
        expect((await registerFrom(`2001:db8::${last}`)).status).toBe(429);
      }
    } finally {
      await limited.close();
    }
  });
});

describe("clients with metadata documents", () => {
  let host: DocumentHost;
  let taking: System;
  beforeEach(async () => {
    host = await startDocumentHost();
    taking = await startSystem({ fetchDocument: host.fetch });
  });
  afterEach(async () => {
    await taking.close();
    await host.close();
  });

  const open = (clientId: string, params: Record<string, string> = {}) => {
    const query = toAuthorizeParams(clientId, createPkce(), params);
    return request(`${taking.issuer}/authorize?${query.toString()}`);
  };

  // @rule ADV-workers-sign-out
  it("workers-oauth-provider, re-authorization signed out other devices: a second login with the same document keeps the first", async () => {
    const clientId = host.publish("/client");
    const first = await connect(taking, { clientId });
    const second = await connect(taking, { clientId });
    await revoke(taking, clientId, second.tokens.access_token);
    expect((await introspect(taking.issuer, first.tokens.access_token)).json["active"]).toBe(true);
    expect((await refresh(taking, clientId, first.tokens.refresh_token)).status).toBe(200);
  });

  // @rule GHSA-vv7q-7jx5-f767
  it.each([
    ["GHSA-vv7q-7jx5-f767: this machine", "127.0.0.53"],
    ["GHSA-vv7q-7jx5-f767: a private network", "192.168.0.1"],
    ["GHSA-vv7q-7jx5-f767: a cloud's metadata service", "169.254.169.254"],
    ["IPv4-mapped bypass", "::ffff:169.254.169.254"],
    ["NAT64 bypass", "64:ff9b::a9fe:a9fe"],
    ["NAT64 bypass with a prefix of its own", "64:ff9b:1::a9fe:a9fe"],
    ["6to4 bypass", "2002:a9fe:a9fe::1"],
    ["Teredo bypass", "2001:0:a9fe:a9fe::1"],
  ])("FastMCP %s: a document is not fetched from there", async (_what, address) => {
    host.addresses = [[address]];
    const page = await open(host.publish("/client"));
    expect([page.status, host.requests]).toEqual([400, []]);
    expect(page.text).not.toContain(address);
  });

  // @rule GHSA-vv7q-7jx5-f767
  it("FastMCP rebinding bypass: connects to the address that was checked", async () => {
    host.addresses = [["127.0.0.1"], ["169.254.169.254"]];
    expect((await open(host.publish("/client"))).status).toBe(303);
    expect(host.lookups).toEqual(["apps.test"]);
  });

  // @rule GHSA-vv7q-7jx5-f767
  it("FastMCP redirect bypass: a redirect from a public host to an internal one is not followed", async () => {
    const headers = { location: "http://169.254.169.254/latest/meta-data" };
    const page = await open(host.publish("/client", {}, { status: 307, headers }));
    expect([page.status, host.requests]).toEqual([400, ["/client"]]);
  });

  // @rule GHSA-vv7q-7jx5-f767
  it("FastMCP GHSA-vv7q-7jx5-f767: no other URL that a client names is fetched", async () => {
    const fetched: string[] = [];
    const inside = createServer((req, res) => {
      fetched.push(req.url ?? "");
      res.end("{}");
    });
    await new Promise<void>((resolve) => inside.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(inside.address() as AddressInfo).port}`;
    const names = ["client", "logo", "policy", "tos", "jwks", "sector_identifier"];
    const named = Object.fromEntries(names.map((name) => [`${name}_uri`, `${url}/${name}`]));
    try {
      const redirect_uris = [REDIRECT_URI];
      const registration = { redirect_uris, ...named, request_uris: [`${url}/request`] };
      const { json } = await postJson(`${taking.issuer}/register`, registration);
      const documentId = host.publish("/client", named);
      for (const clientId of [String(json["client_id"]), documentId]) {
        expect((await open(clientId)).status).toBe(303);
        const asked = await open(clientId, { request_uri: `${url}/request` });
        expect(asked.headers.get("location")).toContain("request_uri_not_supported");
      }
      const keyed = { ...registration, token_endpoint_auth_method: "private_key_jwt" };
      expect((await postJson(`${taking.issuer}/register`, keyed)).status).toBe(400);
      const keyedId = host.publish("/keyed", {
        ...named,
        token_endpoint_auth_method: "private_key_jwt",
      });
      expect((await open(keyedId)).status).toBe(400);
      expect([fetched, host.requests]).toEqual([[], ["/client", "/keyed"]]);
    } finally {
      await new Promise((resolve) => inside.close(resolve));
    }
  });
});

describe("Hydra", () => {
  // @rule GHSA-3p3g-vpw6-4w66
  it("GHSA-3p3g-vpw6-4w66: an assertion's jti is accepted once, also after a failure, on every replica and after a restart", async () => {
    const client = await registerKeyClient(system);
    const proof = await client.prove();
    const attempt = (at: { issuer: string }) => refresh(at, client.id, "unknown", proof);
    expect((await attempt(system)).json["error"]).toBe("invalid_grant");
    const replica = await startSystem({ kv: system.store, settings: { ISSUER: system.issuer } });
    try {
      for (const at of [system, { issuer: replica.url }]) {
        const answer = await attempt(at);
        expect([answer.status, answer.json["error"]]).toEqual([401, "invalid_client"]);
      }
    } finally {
      await replica.close();
    }
  });

  // @rule GHSA-3p3g-vpw6-4w66
  it("GHSA-3p3g-vpw6-4w66: when the store fails to record a jti, the request is refused as an outage", async () => {
    const kv = createTestKv();
    const failing = await startSystem({ kv });
    try {
      const client = await registerKeyClient(failing);
      const proof = await client.prove();
      kv.failsOn = (method) => method === "setIfAbsent";
      const answer = await refresh(failing, client.id, "unknown", proof);
      expect([answer.status, answer.json["error"]]).toEqual([503, "temporarily_unavailable"]);
      kv.failsOn = undefined;
      const again = await refresh(failing, client.id, "unknown", proof);
      expect(again.json["error"]).toBe("invalid_grant");
    } finally {
      await failing.close();
    }
  });
});
