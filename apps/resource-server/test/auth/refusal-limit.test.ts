// Requests with a bad bearer token cost the authorization server little.
import { afterEach, describe, expect, it } from "vitest";
import { type Harness, type HarnessOptions, rpc, startHarness } from "../support/harness.ts";

let rs: Harness;
afterEach(() => rs.close());

/** Behind one proxy, so that a test chooses the client's address. */
const start = async (config: HarnessOptions["config"] = {}, hasRealTokens = false) => {
  rs = await startHarness({ hasRealTokens, config });
  return rs;
};
const startBehindProxy = async (refusalsPerMinute: number): Promise<void> => {
  rs = await startHarness({
    config: {
      refusalsPerMinute,
      listener: { host: "127.0.0.1", port: 0, setting: "", trustProxy: 1 },
    },
  });
};
const call = (token: string | undefined, address = "192.0.2.1"): Promise<Response> =>
  rs.post(rpc("tools/list"), {
    ...(token !== undefined && { token }),
    headers: { "x-forwarded-for": address },
  });
const introspections = (): number =>
  rs.authServer.requests.filter(({ path }) => path === "/introspect").length;

describe("a bearer token", () => {
  const good = "x".repeat(43);

  // @rule COST-5
  it.each([
    "short",
    "x".repeat(42),
    "x".repeat(44),
    "x".repeat(7_000),
    "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.c2ln",
    `${"x".repeat(42)}~`,
    `${"x".repeat(42)}=`,
  ])("of another shape is refused without asking: %.50s", async (token) => {
    await start({}, true);
    const response = await call(token);
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toContain('error="invalid_token"');
    expect(introspections()).toBe(0);
  });

  // @rule COST-5
  it("of the authorization server's shape is asked about", async () => {
    await start({}, true);
    expect((await call(good)).status).toBe(401);
    rs.grant(good);
    expect((await call(good)).status).toBe(200);
    expect(introspections()).toBe(2);
  });
});

describe("requests with a bad token", () => {
  // @rule COST-6
  it("are limited for each network, with a text that says what to do", async () => {
    await startBehindProxy(10);
    for (let index = 0; index < 10; index += 1)
      expect((await call(`bad${index}`)).status).toBe(401);
    const refused = await call("bad");
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await refused.json()).toEqual({
      error: "too_many_requests",
      error_description: expect.stringMatching(
        /^More than 10 requests with a bad access token came from your network address within 60 seconds\. Try again in \d+ seconds .*REFUSALS_PER_MINUTE\.$/,
      ) as string,
    });
    expect(introspections()).toBe(10);
    expect((await call("bad", "198.51.100.1")).status).toBe(401);
  });

  // @rule COST-6
  it("are limited also when they come all at once", async () => {
    await startBehindProxy(10);
    const statuses = await Promise.all(
      Array.from({ length: 50 }, async (_, index) => (await call(`bad${index}`)).status),
    );
    expect(statuses.filter((status) => status === 401)).toHaveLength(10);
    expect(introspections()).toBe(10);
  });

  // @rule COST-6
  it("do not stop good tokens that are in use, nor requests without one", async () => {
    await startBehindProxy(10);
    await rs.follow();
    rs.grant("good");
    for (let index = 0; index < 30; index += 1) expect((await call("good")).status).toBe(200);
    for (let index = 0; index < 12; index += 1) await call(`bad${index}`);
    expect((await call("bad")).status).toBe(429);
    expect((await call("good")).status).toBe(200);
    const anonymous = await call(undefined);
    expect(anonymous.status).toBe(401);
    expect(anonymous.headers.get("www-authenticate")).toContain("resource_metadata");
  });

  // @rule COST-6
  it("are not counted while the authorization server is away", async () => {
    await startBehindProxy(10);
    rs.authServer.broken = { status: 503, body: { error: "temporarily_unavailable" } };
    for (let index = 0; index < 20; index += 1) expect((await call("good")).status).toBe(503);
    rs.authServer.broken = undefined;
    rs.grant("good");
    expect((await call("good")).status).toBe(200);
  });

  // @rule COST-6
  it("count for a whole IPv6 network", async () => {
    await startBehindProxy(10);
    for (let index = 0; index < 10; index += 1) {
      expect((await call("bad", `2001:db8:1:2::${index + 1}`)).status).toBe(401);
    }
    expect((await call("bad", "2001:db8:1:2:ffff::1")).status).toBe(429);
    expect((await call("bad", "2001:db8:1:3::1")).status).toBe(401);
  });
});
