// A client withdraws its redirect URI while its user reads the consent page.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type Answer,
  type Browser,
  createBrowser,
  createPkce,
  postJson,
  REDIRECT_URI,
  request,
  toAuthorizeParams,
} from "../../support/client.ts";
import { type DocumentSystem, startDocumentSystem } from "../../support/document-system.ts";
import { createTestKv, type TestKv } from "../../support/stores.ts";
import type { System } from "../../support/system.ts";

const OTHER_URI = "http://127.0.0.1:7777/elsewhere";

let kv: TestKv;
let documents: DocumentSystem;
let system: System;
beforeEach(async () => {
  documents = await startDocumentSystem();
  kv = createTestKv();
  system = await documents.start({ kv });
});
afterEach(() => documents.close());

interface OpenConsent {
  /** Answers the consent page and follows the redirects. */
  answer: () => ReturnType<Browser["follow"]>;
}

/** Logs in, and stops where the browser would open the consent page. */
async function openConsent(clientId: string): Promise<OpenConsent> {
  const browser = createBrowser(system.issuer);
  let url = `${system.issuer}/authorize?${toAuthorizeParams(clientId, createPkce()).toString()}`;
  for (let pages = 0; pages < 2;) {
    const { headers, text } = await browser.open(url);
    const location = headers.get("location");
    if (location === null) throw new Error(`No redirect: ${text}`);
    url = new URL(location, system.issuer).href;
    if (url.includes("/interaction/")) pages += 1;
  }
  return { answer: () => browser.follow(url) };
}

interface Registered {
  clientId: string;
  change: (redirectUris: string[]) => Promise<Answer>;
  remove: () => Promise<Answer>;
}

async function registerClient(): Promise<Registered> {
  const { json } = await postJson(`${system.issuer}/register`, { redirect_uris: [REDIRECT_URI] });
  const clientId = String(json["client_id"]);
  const url = String(json["registration_client_uri"]);
  const authorization = `Bearer ${String(json["registration_access_token"])}`;
  return {
    clientId,
    change: (redirectUris) =>
      request(url, {
        method: "PUT",
        headers: { authorization, "content-type": "application/json" },
        body: JSON.stringify({ client_id: clientId, redirect_uris: redirectUris }),
      }),
    remove: () => request(url, { method: "DELETE", headers: { authorization } }),
  };
}

function expectRefused({ page, leftFor }: Awaited<ReturnType<OpenConsent["answer"]>>): void {
  expect(leftFor).toBeUndefined();
  expect(page.status).toBe(400);
  expect(page.headers.get("content-type")).toContain("text/html");
  expect(page.headers.get("location")).toBeNull();
}

describe.each(["allow", "deny"] as const)("after the user's answer (%s)", (decision) => {
  beforeEach(() => {
    system.user.decision = decision === "deny" ? "allow" : decision;
  });

  /** Opens the consent page, where the user then decides. */
  const consent = async (clientId: string): Promise<OpenConsent> => {
    const open = await openConsent(clientId);
    system.user.decision = decision;
    return open;
  };

  // @rule RFC9700-2.1-2
  it("a redirect URI that left the registration gets nothing", async () => {
    const client = await registerClient();
    const { answer } = await consent(client.clientId);
    expect((await client.change([OTHER_URI])).status).toBe(200);
    const refused = await answer();
    expectRefused(refused);
    expect(refused.page.text).toContain("Return address not registered");
    expect(refused.page.text).toContain(REDIRECT_URI);
    expect([...kv.written.keys()].filter((key) => key.startsWith("code:"))).toEqual([]);
    expect(await kv.members(system.keys.clientGrants(client.clientId))).toEqual([]);
  });

  // @rule RFC9700-2.1-2
  it("nothing is sent for a client that was deleted", async () => {
    const client = await registerClient();
    const { answer } = await consent(client.clientId);
    expect((await client.remove()).status).toBe(204);
    expectRefused(await answer());
    expect([...kv.written.keys()].filter((key) => key.startsWith("code:"))).toEqual([]);
  });

  // @rule RFC9700-2.1-2
  it.each([
    ["its document no longer lists", { redirect_uris: [OTHER_URI] }, {}],
    ["its document is gone with", {}, { status: 404 }],
  ])("a redirect URI that %s gets nothing", async (_what, members, reply) => {
    const clientId = documents.host.publish("/client", {}, { headers: LONG_CACHED });
    const { answer } = await consent(clientId);
    documents.host.publish("/client", members, reply);
    const refused = await answer();
    expectRefused(refused);
    expect(refused.page.text).toContain("Return address not registered");
    expect([...kv.written.keys()].filter((key) => key.startsWith("code:"))).toEqual([]);
  });

  // @rule RFC9700-2.1-2 CIMD-12
  it("an unchanged redirect URI gets it, also while the document's host is down", async () => {
    const client = await registerClient();
    const registered = await consent(client.clientId);
    expect((await client.change([OTHER_URI, REDIRECT_URI])).status).toBe(200);
    expect((await registered.answer()).leftFor?.href).toContain(REDIRECT_URI);

    system.user.decision = "allow";
    const document = await consent(documents.host.publish("/client", {}, { headers: LONG_CACHED }));
    documents.host.isDown = true;
    const { leftFor } = await document.answer();
    expect(leftFor?.searchParams.has(decision === "allow" ? "code" : "error")).toBe(true);
  });
});

const LONG_CACHED = { "cache-control": "max-age=3600" };
