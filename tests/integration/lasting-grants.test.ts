// A user logs in again only after a month without use: 35 days with real services, a Taiga whose
// tokens last 24 hours and 8 days, two replicas, and restarts in between.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  basicAuth,
  createPkce,
  postForm,
  refresh,
  toAuthorizeParams,
  type Tokens,
} from "../../apps/auth-server/test/support/client.ts";
import { RESOURCE } from "../../apps/auth-server/test/support/system.ts";
import { createBrowser } from "../support/browser.ts";
import { endpointsOf, logIn, REDIRECT_URI, register } from "../support/oauth-client.ts";
import { type SimulatedMonths, startSimulatedMonths } from "../support/simulated-months.ts";

const DAY = 24;
const TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";

/** A client that stores its tokens as MCP clients do. */
interface Client {
  /**
   * Uses the connection after a pause: refreshes, then calls Taiga as the resource server does.
   * @param parallel number of simultaneous requests that present the same refresh token.
   * @returns the Taiga user, or the error that makes the client log in or its user reconnect.
   */
  use(parallel?: number): Promise<string>;
  /** Calls Taiga with the current access token. */
  callTaiga(): Promise<string>;
}

let months: SimulatedMonths;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2026-11-20T12:00:00Z") });
  months = await startSimulatedMonths((time) => vi.setSystemTime(time));
});
afterEach(async () => {
  await months.stop();
  vi.useRealTimers();
});

async function connect(username: string): Promise<Client> {
  const server = await endpointsOf(months.issuer);
  const client = await register(server);
  const answer = await logIn({ server, client, user: { username }, resource: RESOURCE });
  let tokens = answer as unknown as Tokens;

  async function refreshAll(parallel: number): Promise<string | undefined> {
    const answers = await Promise.all(
      Array.from({ length: parallel }, () =>
        refresh(months, client.client_id, tokens.refresh_token),
      ),
    );
    const [first] = answers;
    if (new Set(answers.map(({ text }) => text)).size > 1) return "different answers";
    if (first?.status !== 200) return String(first?.json["error"]);
    tokens = first.json as unknown as Tokens;
    return undefined;
  }

  async function callTaiga(): Promise<string> {
    const form = {
      grant_type: TOKEN_EXCHANGE,
      subject_token: tokens.access_token,
      subject_token_type: ACCESS_TOKEN,
    };
    const exchanged = await postForm(`${months.privateUrl}/token`, form, basicAuth());
    if (exchanged.status !== 200) return `reconnect: ${String(exchanged.json["error"])}`;
    const response = await fetch(`${months.taigaApiUrl}/users/me`, {
      headers: { authorization: `Bearer ${String(exchanged.json["access_token"])}` },
    });
    return String(((await response.json()) as { username?: string }).username);
  }

  return {
    callTaiga,
    use: async (parallel = 1) => (await refreshAll(parallel)) ?? (await callTaiga()),
  };
}

const countAtTaiga = (path: string): number =>
  months.sandbox.control.requests.filter((request) => request.path === path).length;

/** How many times a password was sent to Taiga. */
const loginsAtTaiga = (): number => countAtTaiga("/api/v1/auth");

describe("35 days", () => {
  // @rule GRANT-3
  it("ask only the user who stayed away for a month to log in again", async () => {
    const everyDay = await connect("alice");
    const everyWeek = await connect("bob");
    const after29Days = await connect("carol");
    const after31Days = await connect("alice");
    const uses: Record<string, string[]> = {
      everyDay: [],
      everyWeek: [],
      after29: [],
      after31: [],
    };

    await months.pass(35 * DAY, async (hour) => {
      if (hour % (3 * DAY) === 5) await months.restart();
      // Twice a day, four simultaneous requests, which reach both replicas.
      if (hour % 12 === 0) uses["everyDay"]?.push(await everyDay.use(4));
      if (hour % (7 * DAY) === 0) uses["everyWeek"]?.push(await everyWeek.use());
      if (hour === 29 * DAY) uses["after29"]?.push(await after29Days.use());
      if (hour === 31 * DAY) uses["after31"]?.push(await after31Days.use());
    });

    expect(uses).toEqual({
      everyDay: Array.from({ length: 70 }, () => "alice"),
      everyWeek: Array.from({ length: 5 }, () => "bob"),
      after29: ["carol"],
      after31: ["invalid_grant"],
    });
    expect(loginsAtTaiga()).toBe(4);
    // Daily for the client in daily use, every five to six days for the others.
    expect(countAtTaiga("/api/v1/auth/refresh")).toBeLessThan(36 + 3 * 7 + 6);
  });

  it("would be eight days for an idle client without the refresh sweeper", async () => {
    const idle = await connect("alice");
    months.keepsAlive = false;
    await months.pass(9 * DAY);
    expect(await idle.use()).toBe("reconnect: invalid_grant");
  });
});

describe("a user whom Taiga has deactivated", () => {
  // @rule GRANT-5
  it("is told to reconnect, and every later refresh leads to the login", async () => {
    const client = await connect("bob");
    expect(await client.callTaiga()).toBe("bob");
    months.sandbox.control.deactivateUser("bob");
    // The platform learns of it only when the Taiga token expires or Taiga refuses it.
    await months.pass(7 * DAY);
    expect(await client.use()).toBe("invalid_grant");
    expect(await client.use()).toBe("invalid_grant");
    expect(loginsAtTaiga()).toBe(1);
  });

  it("gets one login page with a clear answer and no redirect", async () => {
    months.sandbox.control.deactivateUser("bob");
    const clientId = (await register(await endpointsOf(months.issuer))).client_id;
    const parameters = toAuthorizeParams(clientId, createPkce(), {
      redirect_uri: REDIRECT_URI,
    }).toString();
    const browser = createBrowser(months.issuer);
    const login = await browser.open(`${months.issuer}/authorize?${parameters}`);
    expect(login.page?.status).toBe(200);

    const typed = { username: "bob", password: "bob-password" };
    for (const page of [login.page, login.page]) {
      const answer = await browser.submit(page!, "/login", typed);
      expect(answer.left).toBeUndefined();
      expect(answer.page?.status).toBe(200);
      const alert = answer.page?.document.querySelector("[role=alert]");
      expect(alert?.text).toContain("the account is not active");
    }
    // Cancelling leads back to the client, with an error that clients do not retry.
    const cancelled = await browser.submit(login.page!, "/cancel");
    expect(cancelled.left?.href).toContain(REDIRECT_URI);
    expect(cancelled.left?.searchParams.get("error")).toBe("access_denied");
  });
});
