import { createLocalBroadcast } from "@taiga-mcp/store";
import { decodeJwt } from "jose";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { toSealMark } from "../../src/secrets/seal.ts";
import {
  type Answer,
  basicAuth,
  type Browser,
  createBrowser,
  createPkce,
  exchangeCode,
  introspect,
  postForm,
  refresh,
  register,
  type Tokens,
} from "../support/client.ts";
import { createTestKv, type TestKv } from "../support/stores.ts";
import { type System, TAIGA_API_URL } from "../support/system.ts";
import { advance, stopClock } from "../support/time.ts";
import { openLogin, startWhole, submitForm } from "../support/whole.ts";

const ACTIVATION = 60;
const HOUR = 3600;
const CREDENTIALS = { username: "alice", password: "correct" };

describe.each([
  ["receives the broadcast", true],
  ["never receives the broadcast", false],
])("a rotation with a replica that %s", (_name, hears) => {
  let kv: TestKv;
  let one: System;
  let two: System;

  beforeEach(async () => {
    stopClock();
    kv = createTestKv();
    const broadcast = createLocalBroadcast();
    one = await startWhole({ kv, broadcast });
    two = await startWhole({ kv, ...(hears && { broadcast }), settings: { ISSUER: one.issuer } });
  });
  afterEach(async () => {
    vi.useRealTimers();
    await one.close();
    await two.close();
  });

  /** The same URL on the other replica; its redirects lead back to the first. */
  const atTwo = (url: string): string => url.replace(one.issuer, two.url);

  /** A login that is open in a browser, and its remaining steps. */
  async function beginLogin() {
    const browser: Browser = createBrowser(one.issuer);
    const clientId = await register(one);
    const pkce = createPkce();
    const { page, url } = await openLogin(one, browser, clientId, pkce);
    let shown: Answer = page;
    const submit = (at: string, form: string, fields: Record<string, string>) =>
      submitForm(one, browser, shown, at, form, fields);
    return {
      logIn: async (): Promise<void> => {
        const consent = await submit(atTwo(url), "login", CREDENTIALS);
        expect(consent.page.text).toContain("alice");
        shown = consent.page;
      },
      consent: async (): Promise<Login> => {
        const { leftFor } = await submit(atTwo(url), "consent", {
          access: "write",
          projects: "all",
        });
        const code = leftFor?.searchParams.get("code") ?? "";
        const answer = await exchangeCode({ issuer: two.url }, clientId, code, pkce);
        expect(answer.status).toBe(200);
        return { clientId, tokens: answer.json as unknown as Tokens };
      },
    };
  }

  interface Login {
    clientId: string;
    tokens: Tokens;
  }

  async function logIn(): Promise<Login> {
    const login = await beginLogin();
    await login.logIn();
    return await login.consent();
  }

  /** Introspection, the Taiga token and a refresh, each on a different replica than the previous one. */
  async function use({ clientId, tokens }: Login): Promise<Login> {
    const renewed = await refresh({ issuer: two.url }, clientId, tokens.refresh_token);
    expect(renewed.status).toBe(200);
    const next = renewed.json as unknown as Tokens;
    expect((await introspect(one.url, next.access_token)).json["active"]).toBe(true);
    const exchanged = await postForm(
      `${two.privateUrl}/token`,
      {
        grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
        subject_token: next.access_token,
        subject_token_type: "urn:ietf:params:oauth:token-type:access_token",
        resource: TAIGA_API_URL,
      },
      basicAuth(),
    );
    expect(decodeJwt(String(exchanged.json["access_token"]))["username"]).toBe("alice");
    return { clientId, tokens: next };
  }

  async function sealers(): Promise<Set<string>> {
    const ids = new Set<string>();
    for await (const key of kv.scan("")) {
      const mark = toSealMark((await kv.get(key))?.value ?? "");
      if (mark !== undefined) ids.add(mark.rootKeyId);
    }
    return ids;
  }

  /** The keys of a replica, in the order of use. */
  const keysInUse = ({ rootKeys }: System): string[] => rootKeys.current().map(({ id }) => id);

  // @rule KEYS-2
  it("ends no login or request in progress, before, during or after the rotation", async () => {
    let login = await logIn();
    const atLogin = await beginLogin();
    const atConsent = await beginLogin();
    await atConsent.logIn();
    const [old] = (await one.rotation.report()).keys;

    const { keys } = await one.rotation.rotate();
    const coming = keys[0]?.id;
    login = await use(login);
    const whileComing = await beginLogin();
    expect([...(await sealers())]).toEqual([old?.id]);

    advance(ACTIVATION);
    login = await use(login);
    expect(keysInUse(one)).toEqual([coming, old?.id]);
    expect(keysInUse(two)).toEqual([coming, old?.id]);
    const logins = [login, await atConsent.consent()];
    for (const open of [atLogin, whileComing]) {
      await open.logIn();
      logins.push(await open.consent());
    }
    logins.push(await logIn());
    await expect(two.rotation.retire()).rejects.toMatchObject({ code: "keys_in_use" });

    advance(HOUR);
    const report = await two.rotation.retire();
    expect(report).toMatchObject({ removed: 1, keys: [{ id: coming, state: "sealing" }] });
    expect(report.resealed).toBeGreaterThan(0);
    expect([...(await sealers())]).toEqual([coming]);
    expect(keysInUse(two)).toEqual([coming]);

    for (const each of logins) await use(await use(each));
    await use(await logIn());
    advance(ACTIVATION);
    expect(keysInUse(one)).toEqual([coming]);
  });

  it("takes effect when the store fails right after the key was written", async () => {
    const login = await logIn();
    kv.before = async (method, key) => {
      if (method !== "compareAndSet" || key !== one.keys.ring) return;
      kv.before = async (next) => void (kv.isDown = next !== "compareAndSet");
    };
    await expect(one.rotation.rotate()).rejects.toMatchObject({ code: "temporarily_unavailable" });
    kv.before = undefined;
    kv.isDown = false;
    await expect(one.rotation.rotate()).rejects.toMatchObject({ code: "key_rotation_pending" });
    advance(ACTIVATION);
    await use(login);
  });

  it("is refused while the store does not answer", async () => {
    kv.isDown = true;
    await expect(one.rotation.rotate()).rejects.toMatchObject({ code: "temporarily_unavailable" });
    kv.isDown = false;
    expect((await one.rotation.report()).keys).toHaveLength(1);
  });
});
