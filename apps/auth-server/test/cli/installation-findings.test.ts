import { describe, expect, it } from "vitest";
import type { Finding } from "../../src/cli/finding.ts";
import { type Installation, TAIGA_OUTCOMES } from "../../src/operations/installation.ts";
import { toInstallationFindings } from "../../src/cli/installation-findings.ts";
import { INSTALLATION, NOW } from "./examples.ts";

const HERE = { privateUrl: "http://127.0.0.1:3011", now: NOW };

function find(about: string, changes: Partial<Installation>): Finding | undefined {
  const findings = toInstallationFindings({ ...INSTALLATION, ...changes }, HERE);
  return findings.find((finding) => finding.about === about);
}

const withStore = (store: Partial<Installation["store"]>) => ({
  store: { ...INSTALLATION.store, ...store },
});

const withTaiga = (taiga: Partial<Installation["taiga"]>) => ({
  taiga: { ...INSTALLATION.taiga, ...taiga },
});

describe("what the server says of itself", () => {
  it("is all well where nothing is wrong, and asks for nothing", () => {
    for (const finding of toInstallationFindings(INSTALLATION, HERE)) {
      expect(finding).toMatchObject({ mark: "ok" });
      expect(finding).not.toHaveProperty("advice");
    }
  });

  it("begins with who answers, where, and for how long", () => {
    const [first] = toInstallationFindings(INSTALLATION, HERE);
    expect(first?.text).toBe("answers at http://127.0.0.1:3011, version 1.2.3, running for 3 days");
  });

  it.each<[Partial<Installation["store"]>, Finding["mark"], RegExp, RegExp]>([
    [{ answers: false }, "fail", /does not answer/, /STORE_URL/],
    [{ kind: "sqlite", answers: false }, "fail", /does not answer/, /DATA_DIR/],
    [{ weaknesses: ["forgets"] }, "warn", /a restart of it loses logins/, /appendonly yes/],
    [{ weaknesses: ["evicts"] }, "fail", /throws logins away/, /noeviction/],
    [{ weaknesses: ["forgets", "evicts"] }, "fail", /throws logins away/, /noeviction/],
  ])("marks a store with %j as %s and says what to change", (store, mark, text, advice) => {
    expect(find("Store", withStore(store))).toMatchObject({
      mark,
      text: expect.stringMatching(text),
      advice: expect.stringMatching(advice),
    });
  });

  it.each<[boolean, RegExp]>([
    [true, /^MASTER_KEY is not the one/],
    [false, /^First mend the store/],
  ])("says without keys why: the store answers (%s)", (answers, advice) => {
    const finding = find("Keys", { knowsKeys: false, ...withStore({ answers }) });
    expect(finding).toMatchObject({ mark: "fail", advice: expect.stringMatching(advice) });
  });

  it.each<[Installation["taiga"]["outcome"], RegExp]>([
    ["throttled", /DEFAULT_THROTTLE_WHITELIST/],
    ["timeout", /TAIGA_API_URL.*HTTPS_PROXY/],
    ["unreachable", /TAIGA_API_URL/],
    ["certificate", /TAIGA_CA_FILE/],
    ["proxy", /HTTPS_PROXY.*NO_PROXY/],
    ["failing", /its own log/],
    ["not_taiga", /TAIGA_API_URL/],
  ])("names for a Taiga that is %s the setting to look at", (outcome, advice) => {
    const finding = find("Taiga", withTaiga({ outcome, errorCode: "ECODE" }));
    expect(finding?.mark).toBe(outcome === "throttled" ? "warn" : "fail");
    expect(finding?.text).toMatch(/^https:\/\/taiga\.example\.com\/api\/v1 .*\(ECODE\)$/);
    expect(finding?.advice).toMatch(advice);
  });

  it("suspects the proxy when nothing comes through it in time", () => {
    const finding = find("Taiga", withTaiga({ outcome: "timeout", hasProxy: true }));
    expect(finding?.advice).toMatch(/^Check HTTPS_PROXY/);
  });

  it("says something else of Taiga for each outcome there is", () => {
    const texts = TAIGA_OUTCOMES.map((outcome) => find("Taiga", withTaiga({ outcome }))?.text);
    expect(new Set(texts).size).toBe(TAIGA_OUTCOMES.length);
  });

  it("shows the status of an answer that is not Taiga's", () => {
    const finding = find("Taiga", withTaiga({ outcome: "not_taiga", status: 404 }));
    expect(finding?.text).toContain("(HTTP 404)");
  });

  it("gives the address to enter at Taiga to the letter, because Taiga tells it to nobody", () => {
    const nextUrl = "https://auth.example.com/taiga/callback";
    const finding = find("Login at Taiga", { login: { application: { id: "uuid", nextUrl } } });
    expect(finding).toMatchObject({ mark: "ok", copy: nextUrl });
    expect(finding?.text).toContain("uuid");
    expect(finding?.advice).toContain("https://taiga.example.com/admin/external_apps/application/");
    expect(find("Login by password", { login: {} })).toBeUndefined();
  });

  it.each<[Installation["admission"], string]>([
    [{ users: [], emailDomains: [] }, "everybody in this Taiga;"],
    [{ users: ["ada", "grace"], emailDomains: [] }, "the users ada, grace;"],
    [
      { users: ["ada"], emailDomains: ["example.com"] },
      "the users ada, and verified e-mail addresses at example.com;",
    ],
  ])("says who may come in for %j", (admission, text) => {
    expect(find("Who may come in", { admission })?.text).toContain(text);
  });

  it.each<[number, Partial<Installation["store"]>, Finding["mark"], string]>([
    [1, {}, "ok", ""],
    [2, {}, "ok", ""],
    [0, { kind: "sqlite" }, "fail", "AUTH_SERVER_INTERNAL_URL"],
    [0, { kind: "redis" }, "warn", "If this is the only one, check"],
    [0, { kind: "redis", answers: false }, "warn", "First mend the store."],
  ])(
    "with %i resource servers and the store %j is %s: replicas may each be connected to another one",
    (resourceServers, store, mark, advice) => {
      const finding = find("Resource server", { resourceServers, ...withStore(store) });
      expect(finding?.mark).toBe(mark);
      expect(finding?.advice ?? "").toContain(advice);
    },
  );

  it("warns when all clients would share the address of the proxy before us", () => {
    const finding = find("Reverse proxies", { proxyCount: 0 });
    expect(finding?.mark).toBe("warn");
    expect(finding?.advice).toContain("TRUST_PROXY");
    const local = { issuer: "http://localhost:3001", proxyCount: 0 };
    expect(find("Reverse proxies", local)).toBeUndefined();
  });
});
