import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startApi, type Api } from "../support/api.ts";

const APPLICATION = "11111111-2222-4333-8444-555555555555";
const PAGE = `/external-apps?application=${APPLICATION}&state=s-1`;

let api: Api;
let cookie: string;
beforeEach(async () => {
  api = await startApi();
  cookie = "";
});
afterEach(() => api.close());

/** A browser with one cookie that follows nothing by itself. */
async function visit(path: string, form?: Record<string, string>) {
  const response = await fetch(new URL(path, api.baseUrl), {
    redirect: "manual",
    headers: { cookie },
    ...(form && { method: "POST", body: new URLSearchParams(form) }),
  });
  const [set] = response.headers.getSetCookie();
  if (set !== undefined) cookie = set.split(";", 1)[0]!;
  const location = response.headers.get("location") ?? "";
  return { status: response.status, location, text: await response.text() };
}

const logIn = (next: string) =>
  visit("/login", { username: "alice", password: "alice-password", next });

describe("the login page", () => {
  test("leads on to next, logged in or out", async () => {
    expect((await visit(`/login?next=${encodeURIComponent(PAGE)}`)).text).toContain("s-1");
    expect(await logIn(PAGE)).toMatchObject({ status: 303, location: PAGE });
    expect((await visit(`/login?next=${encodeURIComponent(PAGE)}`)).location).toBe(PAGE);
  });

  test("does not lead to other servers", async () => {
    for (const next of ["https://evil.example", "//evil.example", "/\\evil.example"]) {
      expect((await logIn(next)).location).toBe("/login");
    }
  });

  test("says so when the password is wrong, and shows the name as text", async () => {
    const answer = await visit("/login", { username: `"><b>`, password: "x", next: "/" });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain("is wrong");
    expect(answer.text).not.toContain("<b>");
  });
});

describe("the page of an application", () => {
  test("asks once, and sends a code back but no state", async () => {
    await logIn(PAGE);
    expect((await visit(PAGE)).text).toContain("Demo application wants to use your account");
    const back = await visit("/external-apps", { application: APPLICATION, state: "s-1" });
    expect(back.location).toMatch(/^http:\/\/client\.example\/cb\?auth_code=[\da-f-]{36}$/);
    const again = await visit(PAGE);
    expect(again.location).toMatch(/auth_code=/);
    expect(again.location).not.toBe(back.location);
  });

  test("loses the state of a user who is not logged in, as Taiga does", async () => {
    const { location } = await visit(PAGE);
    const next = new URL(location, api.baseUrl).searchParams.get("next");
    expect(next).toBe(`/external-apps?application=${APPLICATION}`);
  });
});

test("an inactive user's application token still works, and says that the user is inactive", async () => {
  const body = { application: APPLICATION, state: "s" };
  const { auth_code } = (
    await api.call<{ auth_code: string }>("POST /application-tokens/authorize", {
      as: "alice",
      body,
    })
  ).body;
  const flow = { ...body, auth_code };
  const { token } = (
    await api.call<{ token: string }>("POST /application-tokens/validate", { body: flow })
  ).body;
  api.sandbox.control.deactivateUser("alice");
  const me = await api.call<{ is_active: boolean }>("GET /users/me", {
    headers: { Authorization: `Application ${token}` },
  });
  expect([me.status, me.body.is_active]).toEqual([200, false]);
});
