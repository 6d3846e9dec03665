import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { askTaiga } from "../../apps/auth-server/src/operations/probe-taiga.ts";
import { parseConfig } from "../../apps/resource-server/src/config.ts";
import { createSandbox } from "../../packages/taiga-sandbox/src/index.ts";
import { toBanner } from "../../scripts/banner.ts";
import { WAIT_MS } from "../support/time-limits.ts";

/** The lines of the banner about a Taiga at this address, without indentation. */
async function linesFor(apiUrl: string, timeoutMs = WAIT_MS): Promise<string[]> {
  const config = parseConfig({ TAIGA_API_URL: apiUrl, RS_CLIENT_SECRET: "s".repeat(32) });
  const banner = toBanner({ config, taiga: await askTaiga(config, timeoutMs) });
  expect(banner.includes("running, but it cannot use Taiga.")).toBe(banner.includes("✗"));
  const lines = banner.split("\n").map((line) => line.trim());
  const first = lines.findIndex((line) => line.startsWith("Taiga  "));
  return lines.slice(
    first,
    lines.findIndex((line) => line.startsWith("Data  ")),
  );
}

async function withServer<T>(answer: RequestListener, use: (url: string) => Promise<T>) {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

// @rule START-1
it("says that Taiga answers", async () => {
  const sandbox = createSandbox({ clock: () => new Date(), secret: "s".repeat(32), seed: "demo" });
  await withServer(sandbox.app, async (url) => {
    expect(await linesFor(url)).toEqual([`Taiga           ${url}`, "answers"]);
    expect(sandbox.control.requests).toHaveLength(1);
  });
});

// @rule START-1
it("says what is wrong with an address that is not Taiga's, and what to do", () =>
  withServer(
    (_req, res) => res.end("<h1>Intranet</h1>"),
    async (url) => {
      const text = (await linesFor(url)).join(" ");
      expect(text).toContain(`✗ ${url} is not the API of a Taiga 6 (HTTP 200)`);
      expect(text).toContain("→ Set TAIGA_API_URL to the address at which people open Taiga.");
    },
  ));

// @rule START-1
it("does not wait long for a Taiga that never answers", () =>
  withServer(
    () => {},
    async (url) => {
      expect((await linesFor(url, 50)).join(" ")).toContain(`✗ ${url} did not answer in time`);
    },
  ));

it("says of the sandbox who can log in", async () => {
  const config = parseConfig({ RS_CLIENT_SECRET: "s".repeat(32) });
  expect(toBanner({ config, taiga: undefined })).toContain("log in as alice, bob, stan or carol");
});
