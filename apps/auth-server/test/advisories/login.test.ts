// Advisories of other authorization servers about user identity, tested against this one.
import { systemClock } from "@taiga-mcp/service";
import { createSqliteKv } from "@taiga-mcp/store";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createBrowser, introspect, postForm, postJson, REDIRECT_URI } from "../support/client.ts";
import { createTestKv, type TestKv } from "../support/stores.ts";
import type { System } from "../support/system.ts";
import { begin, connectPerson, LOGIN_WAYS, type Person } from "./person.ts";
import { createTwoUserTaiga, subjectOf } from "./two-user-taiga.ts";
import { type FakeTaiga, PASSWORD } from "../support/fake-taiga.ts";
import { startWhole, toCsrf } from "../support/whole.ts";

let kv: TestKv;
let taiga: FakeTaiga;
let system: System;
beforeEach(async () => {
  kv = createTestKv(createSqliteKv({ file: ":memory:", clock: systemClock }));
  taiga = createTwoUserTaiga();
  system = await startWhole({ kv, taiga });
});
afterEach(() => system.close());

/** Whatever the response says: no code was issued, and no record that a code could be redeemed for. */
const expectNoCode = (): void => {
  const kinds = [...kv.written.keys()].map((key) => key.split(":")[0]);
  for (const kind of ["code", "at", "rt"]) expect(kinds).not.toContain(kind);
};

const subjectOfToken = async (token: string): Promise<unknown> =>
  (await introspect(system.issuer, token)).json["sub"];

describe("better-auth", () => {
  /** Every parameter name from which a server might read an unverified user. */
  const ADA = {
    user: "ada",
    userId: "5",
    user_id: "5",
    account: subjectOf("ada"),
    accountId: subjectOf("ada"),
    account_id: subjectOf("ada"),
    sub: subjectOf("ada"),
    login_hint: "ada",
    id_token_hint: subjectOf("ada"),
  };

  // @rule CVE-2025-61928
  it("CVE-2025-61928: naming a user in a request does not replace a login", async () => {
    const person = await begin(system, { params: ADA });
    for (const form of ["consent", "login", "taiga"] as const) {
      const { leftFor } = await person.submit(form, {
        ...ADA,
        access: "admin",
        projects: "all",
      });
      expect(leftFor?.searchParams.get("code") ?? null).toBeNull();
    }
    const answer = await postForm(`${system.issuer}/token`, {
      grant_type: "authorization_code",
      client_id: person.clientId,
      ...ADA,
    });
    expect(answer.json["error"]).toMatch(/^invalid_(request|grant)$/);
    expectNoCode();
    expect(await kv.members(system.keys.accountGrants(subjectOf("ada")))).toEqual([]);
  });

  // @rule CVE-2025-61928
  it.each(LOGIN_WAYS)(
    "CVE-2025-61928: naming another user does not turn one's own login (%s) into theirs",
    async (way) => {
      const { json } = await postJson(`${system.issuer}/register`, {
        redirect_uris: [REDIRECT_URI],
        ...ADA,
      });
      const clientId = String(json["client_id"]);
      const person = await begin(system, { clientId, params: ADA });
      await person.logIn(way, ADA);
      const { page } = await person.open();
      expect(page.text).toContain("bob");
      const tokens = await person.redeem(await person.consent(ADA), ADA);
      const accessToken = String(tokens.json["access_token"]);
      expect(await subjectOfToken(accessToken)).toBe(subjectOf("bob"));
      expect(await kv.members(system.keys.accountGrants(subjectOf("ada")))).toEqual([]);
    },
  );

  /** Every way to ask for the code of a request that its user has not completed. */
  const SHORTCUTS: readonly [string, (person: Person, clientId: string) => Promise<unknown>][] = [
    [
      "guessing the engine's resume URL",
      ({ browser, uid }) => browser.follow(`${system.issuer}/authorize/${uid}`),
    ],
    [
      "following the engine's resume URL from the cookies",
      async ({ browser, url }) => {
        const cookies = await browser.jar.getCookies(url);
        for (const { value } of cookies) {
          await browser.follow(`${system.issuer}/authorize/${value}`);
        }
      },
    ],
    ["opening the pages again", (person) => person.open()],
    ["opening the page for another account", (person) => person.open("?account=other")],
    [
      "asking again without prompts",
      ({ browser }, clientId) => begin(system, { browser, clientId, params: { prompt: "none" } }),
    ],
    [
      "asking again, in the same browser",
      ({ browser }, clientId) => begin(system, { browser, clientId }),
    ],
    ["returning from Taiga", (person) => person.open("/taiga")],
    [
      "returning from Taiga with a code",
      ({ browser }) =>
        browser.follow(`${system.issuer}/taiga/callback?auth_code=${"0".repeat(32)}`),
    ],
  ];

  // @rule GHSA-xg6x-h9c9-2m83
  it.each(SHORTCUTS)(
    "better-auth #9198, GHSA-xg6x-h9c9-2m83: no code by %s, before login and consent are complete",
    async (_what, take) => {
      const early = await begin(system);
      await take(early, early.clientId);
      await early.consent();
      const half = await begin(system);
      await half.submit("login", { username: "bob", password: "wrong" });
      await half.submit("taiga");
      await take(half, half.clientId);
      await half.consent();
      for (const way of LOGIN_WAYS) {
        const person = await begin(system);
        await person.logIn(way);
        await take(person, person.clientId);
      }
      expectNoCode();
    },
  );

  // @rule GHSA-xg6x-h9c9-2m83
  it("better-auth #9198, GHSA-xg6x-h9c9-2m83: no code for a login that Taiga did not confirm, or for an inactive user", async () => {
    const person = await begin(system);
    taiga.inactive.add("bob");
    await person.logIn("application");
    await person.submit("login", { username: "bob", password: "wrong" });
    await person.consent();
    expectNoCode();
  });

  // @rule GHSA-xg6x-h9c9-2m83
  it.each(LOGIN_WAYS)(
    "better-auth #9198, GHSA-xg6x-h9c9-2m83: a completed login (%s) issues no code for the next request",
    async (way) => {
      const browser = createBrowser(system.issuer);
      const { clientId } = await connectPerson(system, way, { browser });
      kv.written.clear();
      const again = await begin(system, { browser, clientId });
      expect((await again.open()).page.text).toContain("Log in");
      await again.consent();
      expectNoCode();
    },
  );

  const guess = async (address: string): Promise<"wrong" | "locked" | undefined> => {
    const person = await begin(system);
    const form = { username: "ada", password: "guess" };
    const { page } = await person.submit("login", form, { "x-forwarded-for": address });
    if (page.text.includes("User name or password is wrong")) return "wrong";
    return page.text.includes("Your password was not checked") ? "locked" : undefined;
  };

  // @rule CVE-2026-45364
  it("CVE-2026-45364: another address of the same IPv6 network does not bypass the login limit", async () => {
    await system.close();
    system = await startWhole({ kv, taiga, settings: { TRUST_PROXY: "1" } });
    const others = ["2001:db8::1", "2001:DB8:0:0:1:2:3:4", "2001:db8::1.2.3.4"];
    for (const address of [...others, "[2001:db8::2]", "[2001:db8::2]:4711"]) {
      expect(await guess(address)).toBe("wrong");
    }
    expect(await guess("2001:db8::6")).toBe("locked");
    expect(taiga.checked).toHaveLength(5);
    expect(await guess("2001:db8:0:1::6")).toBe("wrong");
  });

  // @rule CVE-2026-45364
  it("CVE-2026-45364: another port or another spelling of an IPv4 address does not bypass the login limit", async () => {
    await system.close();
    system = await startWhole({ kv, taiga, settings: { TRUST_PROXY: "1" } });
    const addresses = ["192.0.2.1:1", "192.0.2.1:2", "::ffff:192.0.2.1", "::FFFF:c000:201"];
    for (const address of [...addresses, "[::ffff:192.0.2.1]:3"]) {
      expect(await guess(address)).toBe("wrong");
    }
    expect(await guess("192.0.2.1")).toBe("locked");
    expect(await guess("192.0.2.2")).toBe("wrong");
  });
});

describe("FastMCP", () => {
  // @rule GHSA-rww4-4w9c-7733
  it.each(LOGIN_WAYS)(
    "GHSA-rww4-4w9c-7733 (CVE-2026-27124): a victim cannot complete a request that an attacker started (%s)",
    async (way) => {
      const attacker = await begin(system);
      const victim = createBrowser(system.issuer);
      const form = way === "password" ? "login" : "taiga";
      const token = toCsrf(system).issue(attacker.uid, form);
      const body = new URLSearchParams({ csrf: token, username: "ada", password: PASSWORD });
      const headers = { origin: system.issuer };
      for (const { page, leftFor } of [
        await victim.follow(attacker.url),
        await victim.follow(`${attacker.url}/${form}`, { method: "POST", headers, body }),
      ]) {
        expect([page.status, leftFor]).toEqual([400, undefined]);
      }
      expect(taiga.checked).toEqual([]);
      await attacker.consent();
      expectNoCode();
    },
  );

  // @rule GHSA-c2jp-c369-7pvx
  it("GHSA-c2jp-c369-7pvx: an earlier consent does not apply to the next request of the same client and browser", async () => {
    const browser = createBrowser(system.issuer);
    const { clientId } = await connectPerson(system, "password", { browser });
    const again = await begin(system, { browser, clientId });
    expect((await again.logIn()).page.text).toContain("Allow access");
  });
});
