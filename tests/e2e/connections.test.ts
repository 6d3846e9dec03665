// Bytes on the wire of every listener of the running platform.
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startSystem, type System } from "../support/system.ts";

let system: System;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system.stop());

const LISTENERS = {
  "the authorization server": () => system.issuer,
  "its private listener": () => system.internalUrl,
  "the resource server": () => system.mcpUrl,
  "the sandbox": () => system.taigaApiUrl,
};

/** Sends bytes, and reads until the connection ends or what arrived contains `end`. */
async function send(url: string, end: string | undefined, ...lines: string[]): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  try {
    let arrived = "";
    socket.setEncoding("utf8").on("data", (text: string) => void (arrived += text));
    await once(socket, "connect");
    socket.write(`${lines.join("\r\n")}\r\n\r\n`);
    if (end === undefined) await once(socket, "end");
    else while (!arrived.includes(end)) await sleep(10);
    return arrived;
  } finally {
    socket.destroy();
  }
}

describe.each(Object.entries(LISTENERS))("%s", (_name, toUrl) => {
  // @rule RFC9112-9.3-1
  it("keeps an idle connection for two minutes and says so", async () => {
    const { host } = new URL(toUrl());
    const response = await send(toUrl(), "\r\n\r\n", "GET /healthz HTTP/1.1", `Host: ${host}`);
    expect(response).toMatch(/\r\nKeep-Alive: timeout=120\r\n/);
  });

  // @rule RFC9112-9.3-1
  it("ends a connection when the client asks for that", async () => {
    const { host } = new URL(toUrl());
    const request = ["GET /healthz HTTP/1.1", `Host: ${host}`, "Connection: close"];
    expect(await send(toUrl(), undefined, ...request)).toMatch(/\r\nConnection: close\r\n/);
  });
});

// @rule RFC9112-9.3-1
it("the revocation stream honours Connection: close, too", async () => {
  const { clientId, clientSecret } = system.rsCredentials;
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString("base64");
  const response = await send(
    system.internalUrl,
    "event: live",
    "GET /revocations HTTP/1.1",
    `Host: ${new URL(system.internalUrl).host}`,
    `Authorization: Basic ${basic}`,
    "Connection: close",
  );
  expect(response).toMatch(/\r\nConnection: close\r\n/);
});

// @rule RFC9112-3.2-1
it.each(Object.entries(LISTENERS).slice(0, 3))("%s refuses two hosts", async (_name, toUrl) => {
  const { host } = new URL(toUrl());
  for (const request of [
    ["GET /healthz HTTP/1.1", `Host: ${host}`, "Host: evil.example"],
    ["GET http://evil.example/healthz HTTP/1.1", `Host: ${host}`],
  ]) {
    const response = await send(toUrl(), undefined, ...request);
    expect(response).toMatch(/^HTTP\/1\.1 400 /);
    expect(response).toContain('"error":"invalid_request"');
  }
});
