import { createSqliteKv } from "@taiga-mcp/store";
import { systemClock } from "@taiga-mcp/service";
import { exportJWK, generateKeyPair } from "jose";
import { Provider } from "oidc-provider";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createDocumentClients } from "../../../src/engine/records/document-clients.ts";
import { createKeyNames } from "../../../src/storage/key-names.ts";
import {
  authorize,
  connect,
  createBrowser,
  createPkce,
  introspect,
  refresh,
  register,
  revoke,
  toAuthorizeParams,
} from "../../support/client.ts";
import type { DocumentHost } from "../../support/document-host.ts";
import {
  type DocumentSystem,
  openLogin,
  startDocumentSystem,
} from "../../support/document-system.ts";
import { createTestKv } from "../../support/stores.ts";
import type { System, SystemOptions } from "../../support/system.ts";

let documents: DocumentSystem;
let host: DocumentHost;
let system: System;
beforeEach(async () => {
  documents = await startDocumentSystem();
  ({ host, system } = documents);
});
afterEach(() => documents.close());

describe("a client whose id is the URL of its metadata document", () => {
  // @rule CIMD-2
  it("logs in, refreshes and revokes without registering", async () => {
    const clientId = host.publish("/client");
    const { tokens } = await connect(system, { clientId });
    expect((await introspect(system.issuer, tokens.access_token)).json).toMatchObject({
      active: true,
      client_id: clientId,
    });
    expect((await refresh(system, clientId, tokens.refresh_token)).status).toBe(200);
    await revoke(system, clientId, tokens.access_token);
    expect((await introspect(system.issuer, tokens.access_token)).json["active"]).toBe(false);
  });

  // @rule CIMD-13
  it("is shown to its user with its verified host and its unverified name", async () => {
    const seen: unknown[] = [];
    const pages: SystemOptions["pages"] = (interactions) => (req, res, next) => {
      const uid = /^\/interaction\/([^/]+)$/.exec(req.path)?.[1];
      if (uid === undefined) return next();
      void interactions.find(req, res, uid).then((interaction) => {
        seen.push(interaction?.client);
        res.end();
      });
    };
    const watched = await documents.start({ pages });
    const clientId = host.publish("/client", { client_name: "Claude" });
    for (const id of [clientId, await register(watched)]) {
      const params = toAuthorizeParams(id, createPkce());
      await createBrowser(watched.issuer).follow(
        `${watched.issuer}/authorize?${params.toString()}`,
      );
    }
    expect(seen).toMatchObject([
      { name: "Claude", documentHost: new URL(clientId).host },
      { name: "Test client", documentHost: undefined },
    ]);
  });

  // @rule CIMD-5
  it("may listen on any port of its loopback address, as Claude Code does with a document without a port", async () => {
    const clientId = host.publish("/client", {
      redirect_uris: ["http://localhost/callback", "http://127.0.0.1/callback"],
      scope: "openid profile",
      grant_types: ["authorization_code", "refresh_token", "urn:example:unknown"],
    });
    const redirects = ["http://localhost:53999/callback", "http://127.0.0.1:1/callback"];
    for (const redirectUri of redirects) {
      const params = toAuthorizeParams(clientId, createPkce(), { redirect_uri: redirectUri });
      expect((await authorize(system, params)).get("code")).not.toBeNull();
    }
    const foreign = await openLogin(system, clientId, "http://localhost:53999/other");
    expect([foreign.status, foreign.headers.get("location")]).toEqual([400, null]);
    expect(foreign.text).toContain("invalid_redirect_uri");
  });

  it("may have a key in its document, and must then use it", async () => {
    const { publicKey } = await generateKeyPair("ES256");
    const clientId = host.publish("/client", {
      token_endpoint_auth_method: "private_key_jwt",
      jwks: { keys: [{ ...(await exportJWK(publicKey)), kid: "k" }] },
    });
    expect((await openLogin(system, clientId)).status).toBe(303);
    const answer = await refresh(system, clientId, "any");
    expect([answer.status, answer.json["error"]]).toEqual([401, "invalid_client"]);
  });

  it.each([
    ["does not exist", { status: 404 }, "responds with status 404"],
    ["is for another client", { body: { client_id: "https://apps.test/other" } }, "client_id:"],
    ["redirects", { status: 301, headers: { location: "/other" } }, "redirects"],
    ["is an HTML page", { headers: { "content-type": "text/html" } }, "JSON"],
  ])("gets a page that says why when its document %s", async (_what, reply, reason) => {
    const page = await openLogin(system, host.publish("/client", {}, reply));
    expect([page.status, page.headers.get("location")]).toEqual([400, null]);
    expect(page.headers.get("content-type")).toContain("text/html");
    expect(page.text).toContain("This app could not be checked");
    expect(page.text).toContain(reason);
    expect(host.requests).toEqual(["/client"]);
  });

  it("is refused without a request to its host when its URL may not be fetched", async () => {
    const settings = { CLIENT_DOCUMENT_DENIED_HOSTS: "apps.test,*.apps.test" };
    const strict = await documents.start({ settings });
    for (const id of [host.publish("/client"), "https://127.0.0.1/client", "https://apps.test/"]) {
      const page = await openLogin(strict, id);
      expect([page.status, page.text.includes("invalid_client")]).toEqual([400, true]);
    }
    expect(host.requests).toEqual([]);
    expect(host.lookups).toEqual([]);
  });

  // @rule CIMD-1
  it("is unknown when metadata documents are disabled, and nothing is fetched", async () => {
    const registering = await documents.start({ fetchDocument: undefined });
    const page = await openLogin(registering, host.publish("/client"));
    expect([page.status, page.text.includes("This app is not known here")]).toEqual([400, true]);
    expect(host.requests).toEqual([]);
  });
});

describe("fetching documents", () => {
  // @rule CIMD-11
  it("is limited per network, with a page that says when to try again; cached documents do not count", async () => {
    const cached = host.publish("/cached");
    await openLogin(system, cached);
    for (let count = 0; count < 29; count += 1) {
      await openLogin(system, host.publish(`/client-${count}`));
    }
    const page = await openLogin(system, host.publish("/one-more"));
    expect([page.status, page.headers.get("retry-after")]).toEqual([429, "600"]);
    expect(page.text).toContain("from your network");
    expect(host.requests).not.toContain("/one-more");
    expect((await openLogin(system, cached)).status).toBe(303);
  });

  it("needs the store: a store outage is answered 503", async () => {
    const kv = createTestKv();
    const failing = await documents.start({ kv });
    kv.failsOn = (_method, key) => key.startsWith("rl:client-document");
    const page = await openLogin(failing, host.publish("/client"));
    expect([page.status, host.requests]).toEqual([503, []]);
  });
});

describe("the engine's revision of the draft", () => {
  const keys = createKeyNames("https://taiga.example/api/v1");
  const kv = createSqliteKv({ file: ":memory:", clock: systemClock });
  const load = () => Promise.reject(new Error("No."));
  const source = { accepts: () => true, load, reload: load };
  const unusedDocuments = { indexOf: () => "unused", added: async () => {} };
  const { feature } = createDocumentClients({ documents: source, kv, keys, unusedDocuments });
  const boot = (ack: string | undefined) =>
    new Provider("https://auth.example", {
      features: { clientIdMetadataDocument: { ...feature, ack } },
    });

  // @rule OPS-7
  it("is the supported one, or the service does not start", () => {
    const info = vi.spyOn(console, "info").mockImplementation(() => {});
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    try {
      expect(() => boot(feature.ack)).not.toThrow();
      expect(() => boot("draft-01")).toThrow("unacknowledged");
    } finally {
      info.mockRestore();
      warn.mockRestore();
    }
  });
});
