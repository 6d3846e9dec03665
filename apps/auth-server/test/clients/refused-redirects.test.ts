// The answer to a client says which of its redirect URIs were left out.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { toDocumentMetadata } from "../../src/clients/document-metadata.ts";
import { findRedirectUriFault } from "../../src/clients/redirect-uri.ts";
import {
  authorize,
  createPkce,
  postJson,
  REDIRECT_URI,
  request,
  toAuthorizeParams,
} from "../support/client.ts";
import { DOCUMENT_REDIRECT_URI } from "../support/document-host.ts";
import { type DocumentSystem, openLogin, startDocumentSystem } from "../support/document-system.ts";
import { startSystem, type System } from "../support/system.ts";

const LOST = "http://evil.example/cb";

describe("the answer to a registration", () => {
  let system: System;
  beforeEach(async () => {
    system = await startSystem();
  });
  afterEach(() => system.close());

  // @rule RFC7591-3.2.1-1
  it("names each redirect URI that was left out, and why", async () => {
    const { status, json } = await postJson(`${system.issuer}/register`, {
      redirect_uris: [LOST, REDIRECT_URI, "myeditor://callback", 7, "x:".padEnd(3_000, "x")],
    });
    expect(status).toBe(201);
    expect(json["redirect_uris"]).toEqual([REDIRECT_URI]);
    expect(json["redirect_uris_refused"]).toEqual([
      { uri: LOST, reason: "must be https; http is for localhost, 127.0.0.1 and [::1] only." },
      {
        uri: "myeditor://callback",
        reason:
          "uses the scheme myeditor, which no app owns: use one with a dot, such as com.example.app, or let the operator add it to ALLOWED_REDIRECT_SCHEMES.",
      },
      { uri: "7", reason: "must be text." },
      { uri: "x:".padEnd(200, "x"), reason: "is longer than 2048 bytes." },
    ]);
  });

  // @rule RFC7591-3.2.1-1
  it("has no such member when nothing was left out, and is bounded when much was", async () => {
    const register = (redirect_uris: unknown[]) =>
      postJson(`${system.issuer}/register`, { redirect_uris });
    expect((await register([REDIRECT_URI])).json).not.toHaveProperty("redirect_uris_refused");
    const many = await register([...Array.from({ length: 5_000 }, () => 1), REDIRECT_URI]);
    expect(many.json["redirect_uris_refused"]).toHaveLength(20);
  });

  // @rule RFC7591-3.2.1-1
  it("says the same to an update, and is not stored", async () => {
    const { json } = await postJson(`${system.issuer}/register`, {
      redirect_uris: [LOST, REDIRECT_URI],
    });
    const headers = {
      authorization: `Bearer ${String(json["registration_access_token"])}`,
      "content-type": "application/json",
    };
    const url = String(json["registration_client_uri"]);
    const client_id = json["client_id"];
    const update = await request(url, {
      method: "PUT",
      headers,
      body: JSON.stringify({ client_id, redirect_uris: [REDIRECT_URI, LOST] }),
    });
    expect(update.status).toBe(200);
    expect(update.json["redirect_uris_refused"]).toMatchObject([{ uri: LOST }]);
    const read = await request(url, { headers });
    expect([read.status, read.json["redirect_uris"]]).toEqual([200, [REDIRECT_URI]]);
    expect(read.json).not.toHaveProperty("redirect_uris_refused");
  });
});

describe("a metadata document with a faulty redirect URI beside a good one", () => {
  const url = "https://apps.example/client";
  const read = (redirect_uris: unknown[]) =>
    toDocumentMetadata(JSON.stringify({ client_id: url, client_name: "App", redirect_uris }), url);

  // @rule CIMD-15
  it("is accepted with the good one", () => {
    expect(read([LOST, REDIRECT_URI, 7]).redirect_uris).toEqual([REDIRECT_URI]);
    expect(() => read([LOST])).toThrow("redirect_uris[0]: must be https");
  });

  let world: DocumentSystem | undefined;
  afterEach(() => world?.close());

  // @rule CIMD-15
  it("logs in with the good one, and is never sent to the other", async () => {
    world = await startDocumentSystem();
    const clientId = world.host.publish("/client", {
      redirect_uris: [LOST, DOCUMENT_REDIRECT_URI],
    });
    const params = toAuthorizeParams(clientId, createPkce(), {
      redirect_uri: DOCUMENT_REDIRECT_URI,
    });
    expect((await authorize(world.system, params)).get("code")).not.toBeNull();
    const lost = await openLogin(world.system, clientId, LOST);
    expect([lost.status, lost.headers.get("location")]).toEqual([400, null]);
  });
});

// @rule RFC8252-7-2
it.each([
  ["claude://claude.ai/mcp-auth-callback/sdk", true],
  ["cursor://anysphere.cursor-mcp/oauth/callback", true],
  ["raycast://oauth?package_name=Extension", true],
  ["vscode-insiders://publisher.extension/callback", true],
  ["vscodium://publisher.extension/callback", true],
  ["warp://mcp/oauth2callback", true],
  // Known programs whose use of the scheme for OAuth is not documented.
  ["goose://extension", false],
  ["lmstudio://add_mcp", false],
  ["windsurf://codeium.windsurf", false],
  ["zed://settings", false],
])("the redirect URI %s is a known editor's: %s", (uri, isKnown) => {
  expect(findRedirectUriFault(uri) === undefined).toBe(isKnown);
  expect(findRedirectUriFault(uri, [new URL(uri).protocol.slice(0, -1)])).toBeUndefined();
});
