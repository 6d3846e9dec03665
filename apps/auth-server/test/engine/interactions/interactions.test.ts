import { Router } from "express";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Interactions } from "../../../src/engine/boundary/ports.ts";
import {
  type Browser,
  connect,
  createBrowser,
  createPkce,
  register,
  toAuthorizeParams,
} from "../../support/client.ts";
import { startSystem, type System } from "../../support/system.ts";
import { advance, stopClock } from "../../support/time.ts";

const LIMITS = { access: "write", projects: "all" } as const;

let system: System;
afterEach(() => system.close());

it("an abandoned grant is deleted at once, with all its records", async () => {
  const grantIds: string[] = [];
  const pages = (interactions: Interactions) =>
    Router().get("/interaction/:uid", async (req, res) => {
      const interaction = await interactions.find(req, res, req.params.uid);
      if (interaction === undefined) throw new Error("There is no such interaction.");
      if (interaction.step === "login") {
        return interactions.finishLogin(req, res, interaction, "alice");
      }
      for (let grants = 0; grants < 2; grants += 1) {
        grantIds.push((await interactions.createGrant(interaction, LIMITS)).grantId);
      }
      const [loser = "", winner = ""] = grantIds;
      await interactions.discardGrant(loser);
      await interactions.finishConsent(req, res, interaction, winner);
    });
  system = await startSystem({ pages });
  await connect(system);
  const { kv, keys } = system;
  const [loser = "", winner = ""] = grantIds;
  expect(await kv.members(keys.accountGrants("alice"))).toEqual([keys.grant(winner)]);
  expect(await kv.members(keys.grantIndex(loser))).toEqual([]);
  expect(await kv.get(keys.grant(loser))).toBeUndefined();
});

describe("the outcome of an interaction", () => {
  let isDenied: boolean;
  let browser: Browser;
  /** Answers each step at once; returns the outcome when the interaction is over or does not exist. */
  const pages = (interactions: Interactions) =>
    Router().get("/interaction/:uid", async (req, res) => {
      const { uid } = req.params;
      const interaction = await interactions.find(req, res, uid);
      if (interaction === undefined) {
        res.send(`ended: ${interactions.outcome(req, res, uid)}`);
      } else if (interaction.step === "login") {
        await interactions.finishLogin(req, res, interaction, "alice");
      } else if (isDenied) {
        await interactions.deny(req, res, interaction);
      } else {
        const { grantId } = await interactions.createGrant(interaction, LIMITS);
        await interactions.finishConsent(req, res, interaction, grantId);
      }
    });

  beforeEach(async () => {
    stopClock();
    isDenied = false;
    system = await startSystem({ pages });
    browser = createBrowser(system.issuer);
  });
  afterEach(() => vi.useRealTimers());

  async function begin(): Promise<string> {
    const params = toAuthorizeParams(await register(system), createPkce());
    const { headers } = await browser.open(`${system.issuer}/authorize?${params.toString()}`);
    return new URL(headers.get("location") ?? "", system.issuer).href;
  }
  async function finish(): Promise<string> {
    const page = await begin();
    const { leftFor } = await browser.follow(page);
    expect(leftFor?.searchParams.has(isDenied ? "error" : "code")).toBe(true);
    return page;
  }
  const outcomeFor = async (page: string, by: Browser = browser) => (await by.open(page)).text;

  it("is known to the browser that was sent back to its client", async () => {
    const page = await finish();
    expect(await outcomeFor(page)).toBe("ended: connected");
    expect(await browser.jar.getCookieString(system.issuer)).not.toContain("finished");
  });

  it("is that no client was connected when the user declined", async () => {
    isDenied = true;
    expect(await outcomeFor(await finish())).toBe("ended: declined");
  });

  // @rule MCP-SECURITY-13
  it("is not known to another browser, or to this browser for another interaction", async () => {
    const page = await finish();
    expect(await outcomeFor(page, createBrowser(system.issuer))).toBe("ended: undefined");
    const cookie = await browser.jar.getCookieString(page);
    const other = await createBrowser(system.issuer).open(`${system.issuer}/interaction/other`, {
      headers: { cookie },
    });
    expect(other.text).toBe("ended: undefined");
  });

  it("is forgotten after five minutes, even when the browser keeps its cookie", async () => {
    const page = await finish();
    const cookie = await browser.jar.getCookieString(page);
    const again = async () =>
      (await createBrowser(system.issuer).open(page, { headers: { cookie } })).text;
    advance(299);
    expect(await again()).toBe("ended: connected");
    advance(1);
    expect(await again()).toBe("ended: undefined");
  });

  it("cannot be forged", async () => {
    const page = await finish();
    const cookie = (await browser.jar.getCookieString(page)).replace("connected", "declined");
    const { text } = await createBrowser(system.issuer).open(page, { headers: { cookie } });
    expect(text).toBe("ended: undefined");
  });

  it("is unknown until the browser has been sent back", async () => {
    const page = await begin();
    const cookies = (await browser.open(page)).headers.getSetCookie();
    expect(cookies.join()).not.toContain("finished");
    expect(await browser.jar.getCookieString(page)).not.toContain("finished");
  });
});
