import { UnavailableError } from "@taiga-mcp/service";
import { type Me, TaigaError, type TaigaErrorCode } from "@taiga-mcp/taiga-client";
import { beforeEach, describe, expect, it } from "vitest";
import { LoginThrottledError } from "../../src/login/login-backend.ts";
import { createApplicationLogin } from "../../src/login/taiga-application.ts";
import { application } from "../support/ada.ts";

const me: Me = {
  id: 5,
  username: "ada",
  full_name: "Ada Lovelace",
  full_name_display: "Ada Lovelace",
  is_active: true,
  roles: [],
  photo: null,
  email: "ada@example.com",
  lang: "",
  timezone: "",
  verified_email: true,
};

let calls: string[];
let isActive: boolean;
let failure: TaigaErrorCode | undefined;

beforeEach(() => {
  calls = [];
  isActive = true;
  failure = undefined;
});

const note = (call: string): void => {
  calls.push(call);
  if (failure !== undefined) throw new TaigaError(failure, "no");
};

const login = createApplicationLogin({
  connect: (credential) => {
    const as = credential === undefined ? "nobody" : `${credential.scheme} ${credential.token}`;
    return {
      applicationTokens: {
        validate: async (flow) => {
          note(`${as}: validate ${JSON.stringify(flow)}`);
          return "token";
        },
        list: async (id) => {
          note(`${as}: list ${id}`);
          return [{ id: 9, application: { id, name: "", web: "", description: "" } }];
        },
        delete: async (id) => note(`${as}: delete ${id}`),
      },
      users: {
        me: async () => {
          note(`${as}: me`);
          return { ...me, is_active: isActive };
        },
      },
    };
  },
  applicationId: "app-1",
  taigaWebUrl: "https://taiga.example.com/sub",
  clock: () => 1_790_000_000,
});

describe("the address that the browser is sent to", () => {
  it("goes through Taiga's login page, with the rest encoded so that the state is not lost", () => {
    const url = new URL(login.toLoginUrl("a_b-C"));
    expect(`${url.origin}${url.pathname}`).toBe("https://taiga.example.com/sub/login");
    expect([...url.searchParams.keys()]).toEqual(["next"]);
    expect(url.searchParams.get("next")).toBe("/external-apps?application=app-1&state=a_b-C");
  });
});

describe("redeem", () => {
  it("exchanges code and state for the token, without a credential, and asks Taiga for its user", async () => {
    expect(await login.redeem("code", "state")).toEqual({
      ok: true,
      account: expect.objectContaining({ id: 5, username: "ada", isEmailVerified: true }),
      credential: { ...application, token: "token", checkedAt: 1_790_000_000 },
    });
    expect(calls).toEqual([
      `nobody: validate {"application":"app-1","authCode":"code","state":"state"}`,
      "Application token: me",
    ]);
  });

  // @rule LOGIN-11
  it("refuses an inactive user, whom Taiga would accept", async () => {
    isActive = false;
    expect(await login.redeem("code", "state")).toEqual({ ok: false, reason: "user_inactive" });
  });

  it("reports a code that does not match as a failed login", async () => {
    failure = "not_found";
    expect(await login.redeem("code", "state")).toEqual({ ok: false, reason: "wrong_code" });
  });

  it.each(["unavailable", "server_error", "unexpected_response"] as const)(
    "treats %s as an outage",
    async (code) => {
      failure = code;
      await expect(login.redeem("code", "state")).rejects.toBeInstanceOf(UnavailableError);
    },
  );

  it("passes on that Taiga throttles", async () => {
    failure = "throttled";
    await expect(login.redeem("code", "state")).rejects.toBeInstanceOf(LoginThrottledError);
  });
});

describe("revoke", () => {
  it("deletes the token of this application, as the user", async () => {
    await login.revoke(application);
    expect(calls).toEqual([
      "Application application-token: list app-1",
      "Application application-token: delete 9",
    ]);
  });

  it("succeeds when the token is already gone, and fails when the outcome is unknown", async () => {
    failure = "not_authenticated";
    await expect(login.revoke(application)).resolves.toBeUndefined();
    failure = "unavailable";
    await expect(login.revoke(application)).rejects.toThrow(TaigaError);
  });
});
