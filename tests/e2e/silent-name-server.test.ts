// A name server that never answers, and the real programs.
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openSession } from "../support/mcp-session.ts";
import { startSystem, type System } from "../support/system.ts";
import { TEST_MS } from "../support/time-limits.ts";

let system: System;
let nameServer: Socket;
let queries = 0;
beforeAll(async () => {
  nameServer = createSocket("udp4").on("message", () => void (queries += 1));
  nameServer.bind(0, "127.0.0.1");
  await once(nameServer, "listening");
  system = await startSystem({ CLIENT_ID_METADATA_DOCUMENTS: "on" });
  await system.authServer.restart({
    NODE_OPTIONS: `--import=${pathToFileURL("tests/support/silent-name-server.mjs").href}`,
    NAME_SERVER: `127.0.0.1:${nameServer.address().port}`,
  });
}, TEST_MS);
afterAll(async () => {
  await system.stop();
  nameServer.close();
}, TEST_MS);

async function openDocumentLogin(index: number): Promise<{ status: number; text: string }> {
  const url = new URL(`${system.issuer}/authorize`);
  url.search = new URLSearchParams({
    response_type: "code",
    client_id: `https://host${index}.example.org/client`,
    redirect_uri: "http://localhost/callback",
    code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    code_challenge_method: "S256",
    resource: system.mcpUrl,
  }).toString();
  const response = await fetch(url, { redirect: "manual" });
  return { status: response.status, text: await response.text() };
}

// @rule CIMD-14
it(
  "a registered client logs in and calls a tool while all look-ups of documents hang",
  async () => {
    let isFlooding = true;
    const stop = new AbortController();
    const flood = (async () => {
      const answers: { status: number; text: string }[] = [];
      // At most 30 documents for one network in ten minutes.
      for (let round = 0; round < 7 && !stop.signal.aborted; round += 1) {
        const opened = [0, 1, 2, 3].map((index) => openDocumentLogin(4 * round + index));
        answers.push(...(await Promise.all(opened)));
      }
      isFlooding = false;
      return answers;
    })();
    const session = await openSession(system.mcpUrl, { username: "alice" }, { sdk: 2 });
    expect((await session.call("get_me")).text).toContain("alice");
    const wasFlooding = isFlooding;
    stop.abort();
    await session.close();
    const answers = await flood;
    expect(wasFlooding).toBe(true);
    expect(queries).toBeGreaterThan(0);
    expect(answers.every(({ status }) => status === 503)).toBe(true);
    expect(answers.some(({ text }) => text.includes("Its host does not answer"))).toBe(true);
    expect(answers.some(({ text }) => text.includes("Too many such documents"))).toBe(true);
  },
  TEST_MS,
);
