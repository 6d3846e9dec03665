// Advisories of other servers about ended and delegated tokens, tested against this one.
import { TaigaError } from "@taiga-mcp/taiga-client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ME } from "../support/fake-taiga.ts";
import { type Harness, messagesOf, rpc, startHarness } from "../support/harness.ts";
import { toolDoing } from "../support/tools.ts";

let rs: Harness;
/** Runs between the start of a tool call and its first request to Taiga. */
let before: () => Promise<void>;

beforeEach(async () => {
  before = async () => {};
  const tool = toolDoing("get_me", "read", async ({ taiga }) => {
    await before();
    return (await taiga.users.me()).username;
  });
  rs = await startHarness({ tools: [tool] });
  await rs.follow();
  rs.taiga.answers.set("/users/me", ME);
  for (const token of ["token", "other"]) connect(token);
});
afterEach(() => rs.close());

function connect(token: string): void {
  rs.grant(token);
  lend(token, `taiga-token of ${token}`);
}

/** Sets the Taiga token that the authorization server returns for a token from now on. */
function lend(token: string, taigaToken: string): void {
  rs.authServer.exchanges.set(token, {
    access_token: taigaToken,
    token_type: "Bearer",
    expires_in: 600,
  });
  rs.taiga.tokens.add(taigaToken);
}

/** The authorization server ends a grant and announces it. */
async function disconnect(token: string): Promise<void> {
  rs.authServer.introspections.delete(token);
  rs.authServer.exchanges.delete(token);
  await rs.authServer.revocations.revoked(`grant of ${token}`);
}

const call = (token: string): Promise<Response> =>
  rs.post(rpc("tools/call", { name: "get_me", arguments: {} }), { token });
const statusOf = async (token: string): Promise<number> => (await call(token)).status;
async function textOf(response: Response): Promise<string> {
  const [message] = await messagesOf(response);
  const result = message?.["result"] as { content: { text: string }[] } | undefined;
  return result?.content[0]?.text ?? "";
}
/** Holds calls at their first request to Taiga until this many have arrived. */
function gather(count: number): void {
  const { promise, resolve } = Promise.withResolvers<void>();
  let arrived = 0;
  before = () => {
    arrived += 1;
    if (arrived === count) resolve();
    return promise;
  };
}

const asked = (path: string): number =>
  rs.authServer.requests.filter((request) => request.path === path).length;

describe("a token that has ended", () => {
  // @rule CVE-2026-8922
  it("Keycloak CVE-2026-8922: a token cached as active is refused by the next request after its end", async () => {
    expect([await statusOf("token"), await statusOf("token")]).toEqual([200, 200]);
    expect(asked("/introspect")).toBe(1);
    await disconnect("token");
    const response = await call("token");
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toContain('error="invalid_token"');
    expect(await statusOf("other")).toBe(200);
  });

  // @rule CVE-2026-8922
  it("Keycloak CVE-2026-8922: a token is refused whose active response is still under way when its end is announced", async () => {
    const early = rs.authServer.introspections.get("token");
    await disconnect("token");
    rs.authServer.introspections.set("token", early);
    expect(await statusOf("token")).toBe(401);
  });

  // @rule CVE-2026-8922
  it("Keycloak CVE-2026-8922: an end that cannot be announced is noticed as soon as the stream is lost", async () => {
    await call("token");
    rs.authServer.introspections.delete("token");
    await rs.authServer.revocations.end();
    expect(await statusOf("token")).toBe(401);
  });
});

describe("a withdrawn consent", () => {
  // @rule ADV-uploads-891
  it("uploads #891: removes the cached introspection response and Taiga token of this grant only", async () => {
    await call("token");
    await call("other");
    expect(asked("/token")).toBe(2);
    await disconnect("token");
    expect(await statusOf("token")).toBe(401);
    expect(await statusOf("other")).toBe(200);
    expect(asked("/token")).toBe(2);
    const proof = { grantId: "grant of token", accessToken: "token" };
    await expect(rs.credentials.get(proof)).rejects.toMatchObject({ code: "reconnect_required" });
  });

  // @rule ADV-uploads-891
  it("uploads #891: a call that started before makes no more requests to Taiga", async () => {
    await call("token");
    const reached = rs.taiga.requests.length;
    before = () => disconnect("token");
    const response = await call("token");
    expect(await textOf(response)).toMatch(/^reconnect_required: /);
    expect(rs.taiga.requests).toHaveLength(reached);
  });
});

describe("a Taiga token", () => {
  // @rule ADV-cloudflare-mcp-136
  it("cloudflare/mcp #136, #216: many calls of one grant use one Taiga token, with any of its access tokens", async () => {
    connect("rotated");
    rs.grant("rotated", { gid: "grant of token" });
    const calls = Array.from({ length: 20 }, (_, index) => call(index % 2 ? "token" : "rotated"));
    const texts = await Promise.all((await Promise.all(calls)).map(textOf));
    expect(new Set(texts)).toEqual(new Set(["ana"]));
    expect(asked("/token")).toBe(1);
  });

  // @rule ADV-cloudflare-mcp-136
  it("cloudflare/mcp #136, #216: when Taiga refuses it for all calls, they share one new token, and the login stays", async () => {
    await call("token");
    rs.taiga.tokens.clear();
    lend("token", "the next token");
    gather(12);
    const answers = await Promise.all(Array.from({ length: 12 }, () => call("token")));
    expect(new Set(await Promise.all(answers.map(textOf)))).toEqual(new Set(["ana"]));
    expect(asked("/token")).toBe(2);
    expect(rs.authServer.requests.at(-1)?.form["rejected_token_sha256"]).toMatch(/^[\w-]{43}$/);
  });
});

describe("transient failures", () => {
  // @rule ADV-workers-retry-storms
  it.each([
    [503, "temporarily_unavailable"],
    [500, "server_error"],
    [429, "too_many_requests"],
    [401, "invalid_client"],
  ])(
    "workers-oauth-provider, retry storms: a %i of the authorization server becomes 503 with Retry-After, never a challenge",
    async (status, error) => {
      rs.authServer.broken = { status, body: { error } };
      const response = await call("token");
      expect([response.status, response.headers.get("retry-after")]).toEqual([503, "5"]);
      expect(response.headers.get("www-authenticate")).toBeNull();
      rs.authServer.broken = undefined;
      expect(await statusOf("token")).toBe(200);
    },
  );

  // @rule ADV-workers-retry-storms
  it("workers-oauth-provider, retry storms: concurrent calls without a Taiga token share one request for it, and are told to wait", async () => {
    gather(10);
    rs.authServer.exchanges.set("token", { error: "temporarily_unavailable" });
    const answers = await Promise.all(Array.from({ length: 10 }, () => call("token")));
    for (const text of await Promise.all(answers.map(textOf))) {
      expect(text).toMatch(/^temporarily_unavailable: .*Wait a moment and call again\.$/);
    }
    expect(asked("/token")).toBe(1);
    lend("token", "taiga-token of token");
    expect(await textOf(await call("token"))).toBe("ana");
  });

  // @rule ADV-workers-retry-storms
  it("workers-oauth-provider, retry storms: Taiga's own Retry-After reaches the model", async () => {
    before = async () => {
      throw new TaigaError("throttled", "Request was throttled", { retryAfterSeconds: 42 });
    };
    expect(await textOf(await call("token"))).toMatch(/^throttled: .*Wait 42 seconds/);
  });

  // @rule ADV-workers-retry-storms
  it("workers-oauth-provider, retry storms: an ended login is reported with advice to reconnect, not to wait", async () => {
    rs.authServer.exchanges.delete("token");
    expect(await textOf(await call("token"))).toMatch(
      /^reconnect_required: .*\/reconnect\. .*\/account$/,
    );
  });
});
