// What went wrong in other servers, about tokens that had ended or were borrowed, tried on this one.
import { TaigaError } from "@taiga-mcp/taiga-client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ME } from "../support/fake-taiga.ts";
import { type Harness, messagesOf, rpc, startHarness } from "../support/harness.ts";
import { toolDoing } from "../support/tools.ts";

let rs: Harness;
/** Runs between the beginning of a tool and its first call of Taiga. */
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

/** The Taiga token that the authorization server gives for a token from now on. */
function lend(token: string, taigaToken: string): void {
  rs.authServer.exchanges.set(token, {
    access_token: taigaToken,
    token_type: "Bearer",
    expires_in: 600,
  });
  rs.taiga.tokens.add(taigaToken);
}

/** The authorization server has ended a grant, and says so. */
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
/** Lets so many calls get to their first call of Taiga before any of them goes on. */
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
  it("Keycloak CVE-2026-8922: a token that is remembered as good is refused by the next request after its end", async () => {
    expect([await statusOf("token"), await statusOf("token")]).toEqual([200, 200]);
    expect(asked("/introspect")).toBe(1);
    await disconnect("token");
    const response = await call("token");
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toContain('error="invalid_token"');
    expect(await statusOf("other")).toBe(200);
  });

  // @rule CVE-2026-8922
  it("Keycloak CVE-2026-8922: so is one whose good answer is still on its way when the end is heard of", async () => {
    const early = rs.authServer.introspections.get("token");
    await disconnect("token");
    rs.authServer.introspections.set("token", early);
    expect(await statusOf("token")).toBe(401);
  });

  // @rule CVE-2026-8922
  it("Keycloak CVE-2026-8922: an end that nobody could say is seen as soon as nobody can", async () => {
    await call("token");
    rs.authServer.introspections.delete("token");
    await rs.authServer.revocations.end();
    expect(await statusOf("token")).toBe(401);
  });
});

describe("a consent taken back", () => {
  // @rule ADV-uploads-891
  it("uploads #891: with the consent go the remembered answer and the borrowed Taiga token, of this grant only", async () => {
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
  it("uploads #891: a call that had begun before calls Taiga no more", async () => {
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
  it("cloudflare/mcp #136, #216: many calls of one grant borrow one Taiga token, with whichever of its tokens", async () => {
    connect("rotated");
    rs.grant("rotated", { gid: "grant of token" });
    const calls = Array.from({ length: 20 }, (_, index) => call(index % 2 ? "token" : "rotated"));
    const texts = await Promise.all((await Promise.all(calls)).map(textOf));
    expect(new Set(texts)).toEqual(new Set(["ana"]));
    expect(asked("/token")).toBe(1);
  });

  // @rule ADV-cloudflare-mcp-136
  it("cloudflare/mcp #136, #216: when Taiga refuses it to all of them, they get one other, and none loses the login", async () => {
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

describe("what is transient", () => {
  // @rule ADV-workers-retry-storms
  it.each([
    [503, "temporarily_unavailable"],
    [500, "server_error"],
    [429, "too_many_requests"],
    [401, "invalid_client"],
  ])(
    "workers-oauth-provider, retry storms: an authorization server that answers %i is 503 with Retry-After, never a challenge",
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
  it("workers-oauth-provider, retry storms: calls that cannot borrow a Taiga token ask together, and are told to wait", async () => {
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
  it("workers-oauth-provider, retry storms: a login that is over is said to be, with what helps; waiting is not", async () => {
    rs.authServer.exchanges.delete("token");
    expect(await textOf(await call("token"))).toMatch(/^reconnect_required: .*#reconnect/);
  });
});
