import { createMemoryKv } from "@taiga-mcp/store";
import { systemClock } from "@taiga-mcp/service";
import { exportJWK, generateKeyPair } from "jose";
import { Provider } from "oidc-provider";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createDocumentClients } from "../../src/engine/document-clients.ts";
import { createStorageKeys } from "../../src/storage/keys.ts";
import {
  type Answer,
  authorize,
  connect,
  createBrowser,
  createPkce,
  introspect,
  refresh,
  REDIRECT_URI,
  register,
  request,
  revoke,
  toAuthorizeParams,
} from "../support/client.ts";
import { type DocumentHost, startDocumentHost } from "../support/document-host.ts";
import { startSystem, type System, type SystemOptions } from "../support/system.ts";
import { createTestKv } from "../support/stores.ts";
import { advance, stopClock } from "../support/time.ts";

let host: DocumentHost;
let system: System;
const replicas: System[] = [];
beforeEach(async () => {
  host = await startDocumentHost();
  system = await start();
});
afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(replicas.splice(0).map((each) => each.close()));
  await host.close();
});

async function start(options: SystemOptions = {}): Promise<System> {
  const started = await startSystem({ fetchDocument: host.fetch, ...options });
  replicas.push(started);
  return started;
}

/** A process that has nothing in memory, on the same store and under the same name. */
const restart = (config: SystemOptions["config"] = {}): Promise<System> =>
  start({ kv: system.kv, config: { issuer: system.issuer, ...config } });

const open = (at: System, clientId: string, redirectUri = REDIRECT_URI): Promise<Answer> => {
  const params = toAuthorizeParams(clientId, createPkce(), { redirect_uri: redirectUri });
  return request(`${at.url}/authorize?${params.toString()}`);
};

const refreshAt = (at: System, clientId: string, token: string): Promise<Answer> =>
  refresh({ issuer: at.url }, clientId, token);

describe("a client that names itself by the address of its document", () => {
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

  it("is shown to its user with its host, which nobody can claim, and its name, which is a claim", async () => {
    const seen: unknown[] = [];
    const pages: SystemOptions["pages"] = (interactions) => (req, res, next) => {
      const uid = /^\/interaction\/([^/]+)$/.exec(req.path)?.[1];
      if (uid === undefined) return next();
      void interactions.find(req, res, uid).then((interaction) => {
        seen.push(interaction?.client);
        res.end();
      });
    };
    const watched = await start({ pages });
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

  it("may listen on any port of its loopback address, as Claude Code does with a document without one", async () => {
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
    const foreign = await open(system, clientId, "http://localhost:53999/other");
    expect([foreign.status, foreign.headers.get("location")]).toEqual([400, null]);
    expect(foreign.text).toContain("invalid_redirect_uri");
  });

  it("may hold a key in its document, and then needs it", async () => {
    const { publicKey } = await generateKeyPair("ES256");
    const clientId = host.publish("/client", {
      token_endpoint_auth_method: "private_key_jwt",
      jwks: { keys: [{ ...(await exportJWK(publicKey)), kid: "k" }] },
    });
    expect((await open(system, clientId)).status).toBe(303);
    const answer = await refresh(system, clientId, "any");
    expect([answer.status, answer.json["error"]]).toEqual([401, "invalid_client"]);
  });

  it.each([
    ["is not there", { status: 404 }, "answers 404"],
    ["is somebody else's", { body: { client_id: "https://apps.test/other" } }, "client_id:"],
    ["redirects", { status: 301, headers: { location: "/other" } }, "redirects"],
    ["is a page", { headers: { "content-type": "text/html" } }, "JSON"],
  ])("gets a page that says why when its document %s", async (_what, reply, reason) => {
    const page = await open(system, host.publish("/client", {}, reply));
    expect([page.status, page.headers.get("location")]).toEqual([400, null]);
    expect(page.headers.get("content-type")).toContain("text/html");
    expect(page.text).toContain("This app could not be checked");
    expect(page.text).toContain(reason);
    expect(host.requests).toEqual(["/client"]);
  });

  it("is refused without a request to its host when its address is none that may be fetched", async () => {
    const config = {
      clientDocumentHosts: { allowed: [], denied: ["apps.test", "*.apps.test"] },
    };
    const strict = await start({ config });
    for (const id of [host.publish("/client"), "https://127.0.0.1/client", "https://apps.test/"]) {
      const page = await open(strict, id);
      expect([page.status, page.text.includes("invalid_client")]).toEqual([400, true]);
    }
    expect(host.requests).toEqual([]);
    expect(host.lookups).toEqual([]);
  });

  it("is unknown where documents are not taken, and nothing is fetched", async () => {
    const registering = await start({ fetchDocument: undefined });
    const page = await open(registering, host.publish("/client"));
    expect([page.status, page.text.includes("This app is not known here")]).toEqual([400, true]);
    expect(host.requests).toEqual([]);
  });
});

describe("a client whose host is away", () => {
  it("keeps its logins: introspection and refresh go on in any process, for seven days", async () => {
    stopClock();
    const clientId = host.publish("/client");
    const { tokens } = await connect(system, { clientId });
    host.isDown = true;
    advance(6 * 86_400);
    const later = await restart();
    const answer = await refreshAt(later, clientId, tokens.refresh_token);
    expect(answer.status).toBe(200);
    const { json } = await introspect(later.url, String(answer.json["access_token"]));
    expect(json["active"]).toBe(true);
    await revoke({ ...later, issuer: later.url }, clientId, String(answer.json["access_token"]));
    expect((await introspect(later.url, String(answer.json["access_token"]))).json["active"]).toBe(
      false,
    );
  });

  it("is told to try again after that, never to forget its login, and goes on when the host is back", async () => {
    stopClock();
    const clientId = host.publish("/client");
    const { tokens } = await connect(system, { clientId });
    host.isDown = true;
    advance(8 * 86_400);
    const away = await refreshAt(await restart(), clientId, tokens.refresh_token);
    expect([away.status, away.json["error"]]).toEqual([503, "temporarily_unavailable"]);
    expect(away.headers.get("retry-after")).not.toBeNull();
    host.isDown = false;
    expect((await refreshAt(await restart(), clientId, tokens.refresh_token)).status).toBe(200);
  });

  it("begins no new login: a page says what is the matter, though a copy is there", async () => {
    const clientId = host.publish("/client");
    await connect(system, { clientId });
    host.isDown = true;
    const page = await open(await restart(), clientId);
    expect([page.status, page.headers.get("location")]).toEqual([503, null]);
    expect(page.headers.get("retry-after")).not.toBeNull();
    expect(page.headers.get("content-type")).toContain("text/html");
    expect(page.text).toContain("This app could not be checked");
    expect(page.text).toContain("Its host does not answer.");
  });

  it("finishes no login that had begun, once the document is no longer cached", async () => {
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

  it("with a key is believed for an hour only, because a key may have been withdrawn", async () => {
    stopClock();
    const { publicKey } = await generateKeyPair("ES256");
    const clientId = host.publish("/client", {
      token_endpoint_auth_method: "private_key_jwt",
      jwks: { keys: [await exportJWK(publicKey)] },
    });
    await open(system, clientId);
    host.isDown = true;
    const errorAt = async () => (await refreshAt(await restart(), clientId, "x")).json["error"];
    expect(await errorAt()).toBe("invalid_client");
    advance(3_601);
    expect(await errorAt()).toBe("temporarily_unavailable");
  });

  it("loses its copy at once when the operator denies its host", async () => {
    const clientId = host.publish("/client");
    const { tokens } = await connect(system, { clientId });
    const strict = await restart({ clientDocumentHosts: { allowed: [], denied: ["apps.test"] } });
    const answer = await refreshAt(strict, clientId, tokens.refresh_token);
    expect([answer.status, answer.json["error"]]).toEqual([400, "invalid_client"]);
  });
});

describe("a document that changes", () => {
  const OTHER_URI = "http://127.0.0.1:7777/other";

  it.each([
    [undefined, 300],
    ["no-store", 300],
    ["max-age=1", 300],
    ["max-age=600", 600],
    ["max-age=31536000", 3600],
  ])("with Cache-Control %s counts after %i seconds, not before", async (cacheControl, seconds) => {
    stopClock();
    const headers = cacheControl === undefined ? {} : { "cache-control": cacheControl };
    const clientId = host.publish("/client", {}, { headers });
    expect((await open(system, clientId)).status).toBe(303);
    host.publish("/client", { redirect_uris: [OTHER_URI] }, { headers });
    advance(seconds - 1);
    expect((await open(system, clientId)).status).toBe(303);
    advance(2);
    expect((await open(system, clientId)).text).toContain("invalid_redirect_uri");
    expect((await open(system, clientId, OTHER_URI)).status).toBe(303);
    expect(host.requests).toHaveLength(2);
  });

  it("is fetched once for all who ask at the same time", async () => {
    const clientId = host.publish("/client");
    const answers = await Promise.all(Array.from({ length: 8 }, () => open(system, clientId)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 303));
    expect(host.requests).toEqual(["/client"]);
  });

  it("that cannot be used is not remembered", async () => {
    const clientId = host.publish("/client", {}, { status: 404 });
    expect((await open(system, clientId)).status).toBe(400);
    host.publish("/client");
    expect((await open(system, clientId)).status).toBe(303);
  });
});

describe("fetching for others", () => {
  it("is limited for each network, with a page and a time; what is cached does not count", async () => {
    const cached = host.publish("/cached");
    await open(system, cached);
    for (let count = 0; count < 29; count += 1) {
      await open(system, host.publish(`/client-${count}`));
    }
    const page = await open(system, host.publish("/one-more"));
    expect([page.status, page.headers.get("retry-after")]).toEqual([429, "600"]);
    expect(page.text).toContain("from your network");
    expect(host.requests).not.toContain("/one-more");
    expect((await open(system, cached)).status).toBe(303);
  });

  it("needs the store, whose outage is one", async () => {
    const kv = createTestKv();
    const failing = await start({ kv });
    kv.failsOn = (_method, key) => key.startsWith("rl:client-document");
    const page = await open(failing, host.publish("/client"));
    expect([page.status, host.requests]).toEqual([503, []]);
  });
});

describe("the engine's revision of the draft", () => {
  const keys = createStorageKeys("https://taiga.example/api/v1");
  const kv = createMemoryKv({ clock: systemClock });
  const documents = { accepts: () => true, load: () => Promise.reject(new Error("No.")) };
  const { feature } = createDocumentClients({ documents, kv, keys });
  const boot = (ack: string | undefined) =>
    new Provider("https://auth.example", {
      features: { clientIdMetadataDocument: { ...feature, ack } },
    });

  it("is the one we know, or the service does not start", () => {
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
