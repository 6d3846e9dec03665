import { createHash } from "node:crypto";
import { UnavailableError } from "@taiga-mcp/service";
import { beforeEach, describe, expect, it } from "vitest";
import * as oauth from "oauth4webapi";
import { createAuthorizationServer } from "../../src/auth/authorization-server.ts";
import { createTaigaCredentials } from "../../src/auth/taiga-credentials.ts";
import { ToolError } from "@taiga-mcp/taiga-tools";
import { NOW, TAIGA_API_URL } from "../support/harness.ts";

let now: number;
let issued: number;
let calls: Record<string, string>[];
let fails: Error | undefined;
let sameToken: boolean;

beforeEach(() => {
  now = NOW;
  issued = 0;
  calls = [];
  fails = undefined;
  sameToken = false;
});

const credentials = () =>
  createTaigaCredentials({
    authorizationServer: {
      exchangeToken: async (parameters) => {
        calls.push(parameters);
        await Promise.resolve();
        if (fails !== undefined) throw fails;
        issued += sameToken && issued > 0 ? 0 : 1;
        return { access_token: `taiga-${issued}`, token_type: "bearer", expires_in: 600 };
      },
    },
    taigaApiUrl: TAIGA_API_URL,
    issuer: "https://auth.test",
    clock: () => now,
  });

const proof = { grantId: "g", accessToken: "mcp" };
const refusal = async () => {
  const server = createAuthorizationServer({
    issuer: "https://auth.test",
    authServerUrl: "https://auth.internal",
    clientId: "rs",
    clientSecret: "secret",
    fetch: async () => Response.json({ error: "invalid_grant" }, { status: 400 }),
  });
  return (await server.exchangeToken({}, 1_000).catch((error: unknown) => error)) as Error;
};

describe("get", () => {
  it("exchanges the MCP token for a Taiga token (RFC 8693)", async () => {
    expect(await credentials().get(proof)).toEqual({ scheme: "Bearer", token: "taiga-1" });
    expect(calls).toEqual([
      {
        subject_token: "mcp",
        subject_token_type: "urn:ietf:params:oauth:token-type:access_token",
        resource: TAIGA_API_URL,
      },
    ]);
  });

  it("uses the token with the scheme that the authorization server names (RFC 8693 N_A)", async () => {
    const server = createAuthorizationServer({
      issuer: "https://auth.test",
      authServerUrl: "https://auth.internal",
      clientId: "rs",
      clientSecret: "secret",
      fetch: async () =>
        Response.json({
          access_token: "app-token",
          issued_token_type: "urn:ietf:params:oauth:token-type:access_token",
          token_type: "N_A",
          taiga_auth_scheme: "Application",
          expires_in: 900,
        }),
    });
    const taiga = createTaigaCredentials({
      authorizationServer: server,
      issuer: "https://auth.test",
      taigaApiUrl: TAIGA_API_URL,
      clock: () => now,
    });
    expect(await taiga.get(proof)).toEqual({ scheme: "Application", token: "app-token" });
  });

  // @rule VAULT-9
  it("makes one exchange for many callers of one grant, and one for each grant", async () => {
    const taiga = credentials();
    const all = [...Array(20).keys()].map(() => taiga.get(proof));
    const other = taiga.get({ grantId: "other", accessToken: "mcp-2" });
    expect(new Set((await Promise.all(all)).map(({ token }) => token))).toEqual(
      new Set(["taiga-1"]),
    );
    expect((await other).token).toBe("taiga-2");
    expect(calls).toHaveLength(2);
  });

  // @rule VAULT-9
  it("caches a token until a minute before its expiry, then gets another one, again only once", async () => {
    const taiga = credentials();
    await taiga.get(proof);
    now += 539;
    expect((await taiga.get(proof)).token).toBe("taiga-1");
    now += 1;
    const tokens = await Promise.all([taiga.get(proof), taiga.get(proof), taiga.get(proof)]);
    expect(tokens.map(({ token }) => token)).toEqual(["taiga-2", "taiga-2", "taiga-2"]);
    expect(calls).toHaveLength(2);
  });

  // @rule VAULT-8
  it("asks the user to reconnect when the login at Taiga is over", async () => {
    fails = await refusal();
    const error = await credentials()
      .get(proof)
      .catch((thrown: unknown) => thrown);
    expect(fails).toBeInstanceOf(oauth.ResponseBodyError);
    expect(error).toBeInstanceOf(ToolError);
    expect(error).toMatchObject({
      code: "reconnect_required",
      message: expect.stringMatching(
        /connect it again.* https:\/\/auth\.test\/reconnect\..* https:\/\/auth\.test\/account$/,
      ),
    });
  });

  it("does not cache a failure", async () => {
    const taiga = credentials();
    fails = new UnavailableError("down");
    await expect(taiga.get(proof)).rejects.toBeInstanceOf(UnavailableError);
    fails = undefined;
    expect((await taiga.get(proof)).token).toBe("taiga-1");
  });
});

describe("renew", () => {
  it("replaces a refused token, once for all refused calls", async () => {
    const taiga = credentials();
    await taiga.get(proof);
    const [first, second] = await Promise.all([
      taiga.renew(proof, "taiga-1"),
      taiga.renew(proof, "taiga-1"),
    ]);
    expect([first?.token, second?.token]).toEqual(["taiga-2", "taiga-2"]);
    expect((await taiga.renew(proof, "taiga-1"))?.token).toBe("taiga-2");
    expect(calls).toHaveLength(2);
    expect(calls[1]?.["rejected_token_sha256"]).toBe(
      createHash("sha256").update("taiga-1").digest("base64url"),
    );
  });

  it("reports that the authorization server has no other token", async () => {
    const taiga = credentials();
    sameToken = true;
    await taiga.get(proof);
    expect(await taiga.renew(proof, "taiga-1")).toBeUndefined();
  });
});

describe("forget", () => {
  // @rule VAULT-9
  it("discards a grant's token, and one that is under way", async () => {
    const taiga = credentials();
    await taiga.get(proof);
    taiga.forget("g");
    const onItsWay = taiga.get(proof);
    taiga.forget("g");
    expect((await onItsWay).token).toBe("taiga-2");
    expect((await taiga.get(proof)).token).toBe("taiga-3");
  });

  it("does not affect other grants", async () => {
    const taiga = credentials();
    await taiga.get(proof);
    taiga.forget("other");
    expect((await taiga.get(proof)).token).toBe("taiga-1");
  });
});

describe("the exchange", () => {
  const exchangeAnswered = (status: number, body: unknown) =>
    createTaigaCredentials({
      authorizationServer: createAuthorizationServer({
        issuer: "https://auth.test",
        authServerUrl: "https://auth.internal",
        clientId: "rs",
        clientSecret: "secret",
        fetch: async () => Response.json(body, { status }),
      }),
      taigaApiUrl: TAIGA_API_URL,
      issuer: "https://auth.test",
      clock: () => now,
    }).get(proof);

  it.each([
    [503, { error: "temporarily_unavailable" }],
    [500, { error: "server_error" }],
    [401, { error: "invalid_client" }],
    [400, { error: "invalid_target" }],
    [200, { token_type: "Bearer" }],
  ])("that fails with %i %j is an outage, never the end of a login", async (status, body) => {
    await expect(exchangeAnswered(status, body)).rejects.toBeInstanceOf(UnavailableError);
  });
});
