// better-auth GHSA-cq3f-vc6p-68fh: a pending device code was bound to no user, so any session could
// approve it. This server has no device flow (RFC 8628); what is pending here is the authorization
// request in the user's browser.
import { systemClock } from "@taiga-mcp/service";
import { createSqliteKv } from "@taiga-mcp/store";
import { afterEach, beforeEach, expect, it } from "vitest";
import { introspect, postForm, postJson, REDIRECT_URI, request } from "../support/client.ts";
import { createTestKv, type TestKv } from "../support/stores.ts";
import type { System } from "../support/system.ts";
import { begin, LOGIN_WAYS } from "./person.ts";
import { createTwoUserTaiga, subjectOf } from "./two-user-taiga.ts";
import { startWhole, toCsrf } from "../support/whole.ts";

const DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code";

let kv: TestKv;
let system: System;
beforeEach(async () => {
  kv = createTestKv(createSqliteKv({ file: ":memory:", clock: systemClock }));
  system = await startWhole({ kv, taiga: createTwoUserTaiga() });
});
afterEach(() => system.close());

// @rule GHSA-cq3f-vc6p-68fh
it("better-auth GHSA-cq3f-vc6p-68fh: there is no device flow, by metadata, address, grant type or registration", async () => {
  for (const path of ["oauth-authorization-server", "openid-configuration"]) {
    const { text } = await request(`${system.issuer}/.well-known/${path}`);
    expect(text).not.toContain("device");
  }
  for (const path of ["/device", "/device/auth", "/device/code", "/device_authorization"]) {
    for (const method of ["GET", "POST"]) {
      expect((await request(`${system.issuer}${path}`, { method })).status).toBe(404);
    }
  }
  const { json } = await postJson(`${system.issuer}/register`, {
    redirect_uris: [REDIRECT_URI],
    grant_types: ["authorization_code", DEVICE_CODE],
  });
  expect(json["grant_types"]).toEqual(["authorization_code", "refresh_token"]);
  const answer = await postForm(`${system.issuer}/token`, {
    grant_type: DEVICE_CODE,
    client_id: String(json["client_id"]),
    device_code: "a-device-code",
  });
  expect([answer.status, answer.json["error"]]).toEqual([400, "unsupported_grant_type"]);
});

// @rule GHSA-cq3f-vc6p-68fh
it.each(LOGIN_WAYS)(
  "better-auth GHSA-cq3f-vc6p-68fh: a pending request (%s) cannot be approved or denied in another session",
  async (way) => {
    const victim = await begin(system);
    await victim.logIn(way);
    const other = await begin(system);
    await other.logIn();
    for (const form of ["consent", "cancel"] as const) {
      const { page, leftFor } = await other.browser.follow(`${victim.url}/${form}`, {
        method: "POST",
        // The attacker's own interaction cookies in place of the victim's.
        headers: {
          origin: system.issuer,
          cookie: await other.browser.jar.getCookieString(other.url),
        },
        body: new URLSearchParams({
          csrf: toCsrf(system).issue(victim.uid, form, subjectOf("bob")),
          shown_account: subjectOf("bob"),
          access: "write",
          projects: "all",
        }),
      });
      expect([page.status, leftFor]).toEqual([400, undefined]);
    }
    expect([...kv.written.keys()].join()).not.toContain("code:");
    const tokens = await victim.redeem(await victim.consent());
    expect((await introspect(system.issuer, String(tokens.json["access_token"]))).json["sub"]).toBe(
      subjectOf("bob"),
    );
  },
);
