// The number of authorization requests without a login is limited.
import { Router } from "express";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  type Browser,
  connect,
  createBrowser,
  createPkce,
  register,
  toAuthorizeParams,
} from "../support/client.ts";
import { startDocumentHost } from "../support/document-host.ts";
import { startSystem, type System } from "../support/system.ts";
import { advance, stopClock } from "../support/time.ts";

let system: System;
beforeEach(stopClock);
afterEach(async () => {
  vi.useRealTimers();
  await system.close();
});

/** Opens a login page, and leaves it open. */
async function open(
  clientId: string,
  address: string,
): Promise<{ browser: Browser; page: string }> {
  const browser = createBrowser(system.issuer);
  const params = toAuthorizeParams(clientId, createPkce());
  const answer = await browser.open(`${system.issuer}/authorize?${params.toString()}`, {
    headers: { "x-forwarded-for": address },
  });
  advance(1);
  return { browser, page: answer.headers.get("location") ?? "" };
}

const finish = async ({ browser, page }: { browser: Browser; page: string }): Promise<boolean> => {
  const { leftFor } = await browser.follow(new URL(page, system.issuer).href);
  return leftFor?.searchParams.has("code") ?? false;
};

describe("open login pages", () => {
  // @rule COST-4
  it("are limited: the oldest of the network that opens many end first", async () => {
    system = await startSystem({ settings: { TRUST_PROXY: "1", MAX_PENDING_LOGINS: "15" } });
    const clientId = await register(system);
    const newcomer = await open(clientId, "198.51.100.1");
    const flood = [];
    for (let index = 0; index < 30; index += 1) flood.push(await open(clientId, "192.0.2.1"));
    const pending = await Promise.all([
      system.kv.members(system.keys.newcomerInteractions),
      system.kv.members(system.keys.otherInteractions),
    ]);
    expect(pending.map((keys) => keys.length)).toEqual([11, 4]);
    expect(await finish(newcomer)).toBe(true);
    expect(await finish(flood[15] ?? newcomer)).toBe(false);
    expect(await finish(flood[29] ?? newcomer)).toBe(true);
  });

  // @rule COST-4
  it("do not count once a user has logged in", async () => {
    system = await startSystem({
      settings: { MAX_PENDING_LOGINS: "1" },
      // Logs in, and leaves the consent page open.
      pages: (interactions) =>
        Router().get("/interaction/:uid", async (req, res) => {
          const interaction = await interactions.find(req, res, req.params.uid);
          if (interaction?.step === "login") {
            await interactions.finishLogin(req, res, interaction, "alice");
          } else res.send(interaction === undefined ? "ended" : "consent");
        }),
    });
    const clientId = await register(system);
    const first = await open(clientId, "198.51.100.1");
    const { page } = await first.browser.follow(new URL(first.page, system.issuer).href);
    expect(page.text).toBe("consent");
    for (let index = 0; index < 3; index += 1) await open(clientId, "192.0.2.1");
    const again = await first.browser.open(new URL(first.page, system.issuer).href);
    expect(again.text).toBe("consent");
  });
});

// @rule COST-4
it("copies of metadata documents are limited, but for those of clients with a grant", async () => {
  const host = await startDocumentHost();
  system = await startSystem({
    fetchDocument: host.fetch,
    settings: { MAX_UNUSED_REGISTRATIONS: "2" },
  });
  try {
    const used = host.publish("/used");
    await connect(system, { clientId: used });
    const flood = Array.from({ length: 6 }, (_, index) => host.publish(`/flood${index}`));
    for (const clientId of flood) await open(clientId, "192.0.2.1");
    const stored = await Promise.all(
      [used, ...flood].map((id) => system.kv.get(system.keys.clientDocument(id))),
    );
    expect(stored[0]).toBeDefined();
    expect(stored.slice(1).filter((entry) => entry !== undefined)).toHaveLength(2);
  } finally {
    await host.close();
  }
});
