// Taiga as organisations run it: below a path, with a private certificate authority, behind a proxy,
// with a separate address for browsers, with LDAP logins; and every secret in a file.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as oauth from "oauth4webapi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type HttpProxy,
  startHttpProxy,
} from "../../packages/taiga-client/test/support/http-proxy.ts";
import { createBrowser } from "../support/browser.ts";
import { type McpSession, openSession } from "../support/mcp-session.ts";
import { endpointsOf, introspect, REDIRECT_URI, register } from "../support/oauth-client.ts";
import { freePorts, startSystem, type System } from "../support/system.ts";
import { AUTHORITY_FILE, startTaigaFront, type TaigaFront } from "../support/taiga-front.ts";

interface Place {
  system: System;
  front: TaigaFront;
  proxy: HttpProxy;
  session: McpSession;
  close(): Promise<void>;
}

interface PlaceOptions {
  loginType: string;
  /** The settings, from the ports of Taiga's front and the proxy. */
  settings: (ports: { front: number; proxy: number }) => Record<string, string>;
}

/** The system with its sandbox behind a front and a proxy, and bob logged in. */
async function openPlace({ loginType, settings }: PlaceOptions): Promise<Place> {
  const [sandboxPort] = (await freePorts(1)) as [number];
  const front = await startTaigaFront({ sandboxPort, path: "/taiga", loginType });
  const proxy = await startHttpProxy({ port: front.port });
  const system = await startSystem({
    SANDBOX_PORT: `${sandboxPort}`,
    TAIGA_CA_FILE: AUTHORITY_FILE,
    ...settings({ front: front.port, proxy: Number(new URL(proxy.url).port) }),
  });
  const close = async (): Promise<void> => {
    await system.stop();
    await Promise.all([front.close(), proxy.close()]);
  };
  try {
    const session = await openSession(
      `${system.mcpUrl}?answers=structured`,
      { username: "bob" },
      { sdk: 2 },
    );
    return { system, front, proxy, session, close: () => session.close().then(close) };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The address of one of bob's items, as a tool gives it. */
async function someAddress(session: McpSession): Promise<string> {
  const { structuredContent } = await session.call("find_items", {
    kinds: ["story"],
    fields: ["url"],
    limit: 1,
  });
  const [item] = (structuredContent?.["items"] ?? []) as { url: string }[];
  if (item === undefined) throw new Error("bob can see no story");
  return item.url;
}

/** The text of the login page for a newly registered client. */
async function loginPageOf({ issuer, mcpUrl }: System): Promise<string> {
  const server = await endpointsOf(issuer);
  const client = await register(server);
  const url = new URL(server.authorization_endpoint ?? "");
  url.search = new URLSearchParams({
    client_id: client.client_id,
    response_type: "code",
    redirect_uri: REDIRECT_URI,
    code_challenge: await oauth.calculatePKCECodeChallenge(oauth.generateRandomCodeVerifier()),
    code_challenge_method: "S256",
    resource: mcpUrl,
  }).toString();
  const { page } = await createBrowser(issuer).open(url.href);
  return page?.text ?? "";
}

describe("a Taiga that only a proxy can reach, with every secret in a file", () => {
  const WEB_URL = "https://boards.example.com/our";
  const SECRET = "a-secret-of-the-resource-server-in-a-file";
  let folder: string;
  let place: Place;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "taiga-mcp-secrets-"));
    const toFile = (name: string, content: string): string => {
      writeFileSync(path.join(folder, name), `${content}\n`);
      return path.join(folder, name);
    };
    place = await openPlace({
      loginType: "ldap",
      settings: ({ proxy }) => ({
        TAIGA_API_URL: "https://taiga.test/taiga",
        TAIGA_WEB_URL: WEB_URL,
        TAIGA_LOGIN_TYPE: "ldap",
        HTTPS_PROXY_FILE: toFile("proxy", `http://team:proxy-password@127.0.0.1:${proxy}`),
        HTTP_PROXY_FILE: toFile("http-proxy", "http://127.0.0.1:1"),
        RS_CLIENT_SECRET: "",
        RS_CLIENT_SECRET_FILE: toFile("rs-secret", SECRET),
        MASTER_KEY_FILE: toFile("master-key", Buffer.alloc(32, 7).toString("base64url")),
        STORE_URL_FILE: toFile("store-url", "sqlite:"),
        DATA_DIR: path.join(folder, "data"),
      }),
    });
  });
  afterAll(async () => {
    await place.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("is reached through tunnels, by login and tools, at the sub-path", async () => {
    expect((await place.session.call("get_me")).text).toContain("bob");
    expect(new Set(place.proxy.asked)).toEqual(new Set(["CONNECT taiga.test:443"]));
    expect(new Set(place.proxy.credentials)).toEqual(
      new Set([`Basic ${btoa("team:proxy-password")}`]),
    );
    expect(place.front.asked).toContain("POST /taiga/api/v1/auth");
    expect(place.front.asked).toContain("GET /taiga/api/v1/users/me");
  });

  it("checks the password with the configured plugin", () => {
    expect(place.front.loginTypes).toEqual(["ldap"]);
  });

  it("appears under its public address in answers and on the login page", async () => {
    expect(await someAddress(place.session)).toMatch(
      /^https:\/\/boards\.example\.com\/our\/project\/[\w-]+\/us\/\d+$/,
    );
    const page = await loginPageOf(place.system);
    expect(page).toContain("boards.example.com");
    expect(page).not.toContain("taiga.test");
  });

  it("is recognised in pasted addresses by its public address only", async () => {
    const address = await someAddress(place.session);
    const ref = address.split("/").at(-1) ?? "";
    const found = await place.session.call("get_items", { refs: [address] });
    expect(found.isError).not.toBe(true);
    expect(found.text).toContain(`#${ref}`);

    const foreign = address.replace(WEB_URL, "https://taiga.test/taiga");
    const refused = await place.session.call("get_items", { refs: [foreign] });
    expect(refused.text).toContain(`belongs to another Taiga; this connection is to ${WEB_URL}`);
  });

  it("works with the secrets from files, and no others are created", async () => {
    const server = await endpointsOf(place.system.issuer);
    const clientId = place.system.rsCredentials.clientId;
    const token = place.session.tokens().access_token;
    const introspected = introspect(server, { clientId, clientSecret: SECRET }, token);
    expect(await introspected).toMatchObject({ active: true });
    expect(readdirSync(path.join(folder, "data"))).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(master-key|rs-client-secret)$/)]),
    );
  });

  it("keeps the proxy's password out of the logs", () => {
    const { authServer, resourceServer } = place.system;
    const logs = authServer.output() + resourceServer.output();
    expect(logs).not.toBe("");
    expect(logs).not.toContain("proxy-password");
    expect(logs).not.toContain(btoa("team:proxy-password"));
  });

  it("counts as unavailable, not as refusing, when the proxy is down", async () => {
    await place.proxy.close();
    const answer = await place.session.call("find_items", { text: "bike" });
    expect(answer.isError).toBe(true);
    expect(answer.text).toMatch(/Taiga cannot be reached/);
    expect(place.session.logins()).toBe(1);
  });
});

describe("a Taiga on this machine with a private certificate authority", () => {
  let place: Place;

  beforeAll(async () => {
    place = await openPlace({
      loginType: "normal",
      settings: ({ front, proxy }) => ({
        TAIGA_API_URL: `https://localhost:${front}/taiga/api/v1/`,
        https_proxy: `http://127.0.0.1:${proxy}`,
        http_proxy: `http://127.0.0.1:${proxy}`,
      }),
    });
  });
  afterAll(() => place.close());

  it("is reached at its sub-path, however the address is written", async () => {
    expect((await place.session.call("get_me")).text).toContain("bob");
    expect(place.front.asked).toContain("GET /taiga/api/v1/users/me");
  });

  it("appears under the same address, without a separate public one", async () => {
    const address = await someAddress(place.session);
    const web = `https://localhost:${place.front.port}/taiga`;
    expect(address.startsWith(`${web}/project/`)).toBe(true);
    const found = await place.session.call("get_items", { refs: [address] });
    expect(found.isError).not.toBe(true);
    expect(await loginPageOf(place.system)).toContain(new URL(web).host);
  });

  it("is reached without the proxy, and so are the services themselves", () => {
    expect(place.proxy.asked).toEqual([]);
  });
});
