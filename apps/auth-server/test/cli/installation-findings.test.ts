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

describe("findings about the installation", () => {
  it("is ok without advice when nothing is wrong", () => {
    for (const finding of toInstallationFindings(INSTALLATION, HERE)) {
      expect(finding).toMatchObject({ mark: "ok" });
      expect(finding).not.toHaveProperty("advice");
    }
  });

  it("begins with address, version and uptime", () => {
    const [first] = toInstallationFindings(INSTALLATION, HERE);
    expect(first?.text).toBe("answers at http://127.0.0.1:3011, version 1.2.3, running for 3 days");
  });

  it.each<[Partial<Installation["store"]>, Finding["mark"], RegExp, RegExp]>([
    [{ answers: false }, "fail", /does not answer/, /STORE_URL/],
    [{ kind: "sqlite", answers: false }, "fail", /does not answer/, /DATA_DIR/],
    [{ weaknesses: ["forgets"] }, "warn", /a restart of Redis loses logins/, /appendonly yes/],
    [{ weaknesses: ["evicts"] }, "fail", /evicts logins/, /noeviction/],
    [{ weaknesses: ["evicts", "forgets"] }, "fail", /evicts logins/, /noeviction/],
    [{ unknown: ["forgets"] }, "warn", /does not tell whether it writes/, /appendonly yes/],
    [{ unknown: ["evicts"] }, "warn", /does not tell whether it evicts/, /noeviction/],
  ])("marks a store with %j as %s and says what to change", (store, mark, text, advice) => {
    expect(find("Store", withStore(store))).toMatchObject({
      mark,
      text: expect.stringMatching(text),
      advice: expect.stringMatching(advice),
    });
  });

  // @rule STORE-14
  it.each([
    [61, "61 seconds ahead of the store's"],
    [-180, "3 minutes behind the store's"],
  ])("warns of a clock that is %d seconds ahead", (clockAheadSeconds, text) => {
    expect(find("Clock", withStore({ clockAheadSeconds }))).toMatchObject({
      mark: "warn",
      text: expect.stringContaining(text),
      advice: expect.stringContaining("NTP"),
    });
    expect(find("Clock", withStore({ clockAheadSeconds: 1 }))).toBeUndefined();
    expect(find("Clock", withStore({ clockAheadSeconds, answers: false }))).toBeUndefined();
  });

  it.each<[boolean, RegExp]>([
    [true, /^MASTER_KEY is not the key/],
    [false, /^Fix the store first/],
  ])("says why the keys cannot be read when the store answers (%s)", (answers, advice) => {
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

  it("suspects the proxy when a request through it times out", () => {
    const finding = find("Taiga", withTaiga({ outcome: "timeout", hasProxy: true }));
    expect(finding?.advice).toMatch(/^Check HTTPS_PROXY/);
  });

  it("has a different text for each outcome of the Taiga check", () => {
    const texts = TAIGA_OUTCOMES.map((outcome) => find("Taiga", withTaiga({ outcome }))?.text);
    expect(new Set(texts).size).toBe(TAIGA_OUTCOMES.length);
  });

  it("shows the status of an answer that is not Taiga's", () => {
    const finding = find("Taiga", withTaiga({ outcome: "not_taiga", status: 404 }));
    expect(finding?.text).toContain("(HTTP 404)");
  });

  it("shows the exact address to enter in Taiga, which the program cannot check", () => {
    const nextUrl = "https://auth.example.com/taiga/callback";
    const finding = find("Application login", { login: { application: { id: "uuid", nextUrl } } });
    expect(finding).toMatchObject({ mark: "ok", copy: nextUrl });
    expect(finding?.text).toContain("uuid");
    expect(finding?.advice).toContain("https://taiga.example.com/admin/external_apps/application/");
    expect(find("Password login", { login: {} })).toBeUndefined();
  });

  it.each<[Installation["admission"], string]>([
    [{ users: [], emailDomains: [] }, "all users of this Taiga;"],
    [{ users: ["ada", "grace"], emailDomains: [] }, "the users ada, grace;"],
    [
      { users: ["ada"], emailDomains: ["example.com"] },
      "the users ada, and verified e-mail addresses at example.com;",
    ],
  ])("says which users are allowed for %j", (admission, text) => {
    expect(find("Allowed users", { admission })?.text).toContain(text);
  });

  it.each<[number, Partial<Installation["store"]>, Finding["mark"], string]>([
    [1, {}, "ok", ""],
    [2, {}, "ok", ""],
    [0, { kind: "sqlite" }, "fail", "AUTH_SERVER_INTERNAL_URL"],
    [0, { kind: "redis" }, "warn", "If this is the only replica, check"],
    [0, { kind: "redis", answers: false }, "warn", "Fix the store first."],
  ])(
    "marks %i resource servers with the store %j as %s: with replicas, they may be connected to another one",
    (resourceServers, store, mark, advice) => {
      const finding = find("Resource server", { resourceServers, ...withStore(store) });
      expect(finding?.mark).toBe(mark);
      expect(finding?.advice ?? "").toContain(advice);
    },
  );

  it("warns when all clients would share the proxy's address", () => {
    const finding = find("Reverse proxies", { proxyCount: 0 });
    expect(finding?.mark).toBe("warn");
    expect(finding?.advice).toContain("TRUST_PROXY");
    const local = { issuer: "http://localhost:3001", proxyCount: 0 };
    expect(find("Reverse proxies", local)).toBeUndefined();
  });
});
