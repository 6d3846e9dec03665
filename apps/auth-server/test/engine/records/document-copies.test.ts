import { exportJWK, generateKeyPair } from "jose";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  connect,
  createBrowser,
  createPkce,
  introspect,
  revoke,
  toAuthorizeParams,
} from "../../support/client.ts";
import type { DocumentHost } from "../../support/document-host.ts";
import {
  type DocumentSystem,
  openLogin,
  refreshAt,
  startDocumentSystem,
} from "../../support/document-system.ts";
import type { System } from "../../support/system.ts";
import { advance, stopClock } from "../../support/time.ts";

let documents: DocumentSystem;
let host: DocumentHost;
let system: System;
beforeEach(async () => {
  documents = await startDocumentSystem();
  ({ host, system } = documents);
});
afterEach(async () => {
  vi.useRealTimers();
  await documents.close();
});

describe("a client whose host is unreachable", () => {
  // @rule CIMD-12
  it("keeps its logins: introspection and refresh work in any process for seven days", async () => {
    stopClock();
    const clientId = host.publish("/client");
    const { tokens } = await connect(system, { clientId });
    host.isDown = true;
    advance(6 * 86_400);
    const later = await documents.restart();
    const answer = await refreshAt(later, clientId, tokens.refresh_token);
    expect(answer.status).toBe(200);
    const { json } = await introspect(later.url, String(answer.json["access_token"]));
    expect(json["active"]).toBe(true);
    await revoke({ ...later, issuer: later.url }, clientId, String(answer.json["access_token"]));
    expect((await introspect(later.url, String(answer.json["access_token"]))).json["active"]).toBe(
      false,
    );
  });

  // @rule CIMD-12
  it("is told to try again after that, never to discard its login, and works when the host is back", async () => {
    stopClock();
    const clientId = host.publish("/client");
    const { tokens } = await connect(system, { clientId });
    host.isDown = true;
    advance(8 * 86_400);
    const away = await refreshAt(await documents.restart(), clientId, tokens.refresh_token);
    expect([away.status, away.json["error"]]).toEqual([503, "temporarily_unavailable"]);
    expect(away.headers.get("retry-after")).not.toBeNull();
    host.isDown = false;
    expect(
      (await refreshAt(await documents.restart(), clientId, tokens.refresh_token)).status,
    ).toBe(200);
  });

  // @rule CIMD-12
  it("cannot start a new login: a page explains the problem, although a copy is stored", async () => {
    const clientId = host.publish("/client");
    await connect(system, { clientId });
    host.isDown = true;
    const page = await openLogin(await documents.restart(), clientId);
    expect([page.status, page.headers.get("location")]).toEqual([503, null]);
    expect(page.headers.get("retry-after")).not.toBeNull();
    expect(page.headers.get("content-type")).toContain("text/html");
    expect(page.text).toContain("This app could not be checked");
    expect(page.text).toContain("Its host does not answer.");
  });

  it("cannot finish a login that was under way, once the document is no longer cached", async () => {
    stopClock();
    const clientId = host.publish("/client");
    const browser = createBrowser(system.issuer);
    const params = toAuthorizeParams(clientId, createPkce());
    const { headers } = await browser.open(`${system.issuer}/authorize?${params.toString()}`);
    host.isDown = true;
    advance(301);
    const { page, leftFor } = await browser.follow(
      new URL(headers.get("location") ?? "", system.issuer).href,
    );
    expect([page.status, leftFor]).toEqual([503, undefined]);
  });

  // @rule CIMD-12
  it("with a key is accepted for an hour only, because the key may have been withdrawn", async () => {
    stopClock();
    const { publicKey } = await generateKeyPair("ES256");
    const clientId = host.publish("/client", {
      token_endpoint_auth_method: "private_key_jwt",
      jwks: { keys: [await exportJWK(publicKey)] },
    });
    await openLogin(system, clientId);
    host.isDown = true;
    const errorAt = async () =>
      (await refreshAt(await documents.restart(), clientId, "x")).json["error"];
    expect(await errorAt()).toBe("invalid_client");
    advance(3_601);
    expect(await errorAt()).toBe("temporarily_unavailable");
  });

  // @rule CIMD-10
  it("is refused at once when the operator denies its host, in spite of the copy", async () => {
    const clientId = host.publish("/client");
    const { tokens } = await connect(system, { clientId });
    const strict = await documents.restart({
      CLIENT_DOCUMENT_DENIED_HOSTS: "apps.test",
    });
    const answer = await refreshAt(strict, clientId, tokens.refresh_token);
    expect([answer.status, answer.json["error"]]).toEqual([400, "invalid_client"]);
  });
});

describe("a document that changes", () => {
  const OTHER_URI = "http://127.0.0.1:7777/other";

  // @rule CIMD-5 CIMD-11
  it.each([
    [undefined, 300],
    ["no-store", 300],
    ["max-age=1", 300],
    ["max-age=600", 600],
    ["max-age=31536000", 3600],
  ])(
    "with Cache-Control %s is used after %i seconds, not before",
    async (cacheControl, seconds) => {
      stopClock();
      const headers = cacheControl === undefined ? {} : { "cache-control": cacheControl };
      const clientId = host.publish("/client", {}, { headers });
      expect((await openLogin(system, clientId)).status).toBe(303);
      host.publish("/client", { redirect_uris: [OTHER_URI] }, { headers });
      advance(seconds - 1);
      expect((await openLogin(system, clientId)).status).toBe(303);
      advance(2);
      expect((await openLogin(system, clientId)).text).toContain("invalid_redirect_uri");
      expect((await openLogin(system, clientId, OTHER_URI)).status).toBe(303);
      expect(host.requests).toHaveLength(2);
    },
  );

  // @rule CIMD-11
  it("is fetched once for all concurrent requests", async () => {
    const clientId = host.publish("/client");
    const answers = await Promise.all(Array.from({ length: 8 }, () => openLogin(system, clientId)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 303));
    expect(host.requests).toEqual(["/client"]);
  });

  // @rule CIMD-11
  it("that is invalid is not cached", async () => {
    const clientId = host.publish("/client", {}, { status: 404 });
    expect((await openLogin(system, clientId)).status).toBe(400);
    host.publish("/client");
    expect((await openLogin(system, clientId)).status).toBe(303);
  });
});
