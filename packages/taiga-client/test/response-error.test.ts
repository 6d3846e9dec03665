import { describe, expect, it } from "vitest";
import type { TaigaErrorCode } from "../src/errors.ts";
import { toResponseError } from "../src/response-error.ts";
import { capture, observed, toResponse } from "./support/observed.ts";

/** What each captured refusal of a real Taiga means. */
const EXPECTED: Partial<Record<TaigaErrorCode, string[]>> = {
  invalid_credentials: ["auth_wrong"],
  token_not_valid: ["refresh_reuse", "me_with_refresh_as_bearer", "me_garbage"],
  user_inactive: ["inactive_me"],
  not_authenticated: ["me_twoparts", "me_lowercase", "app_me_bad", "app_me_after_delete"],
  permission_denied: [
    "verify",
    "tokens_delete_other",
    "us_create_otherstatus",
    "us_delete_404",
    "us_del_stake",
    "hist_outsider",
    "ms_outsider",
    "epic_rel_delete_again",
    "wiki_stake_create",
    "timeline_proj_outsider",
    "resolver_outsider",
  ],
  project_archived: ["arc_us_patch"],
  project_blocked: ["blk_us_patch", "blk_us_delete"],
  not_found: [
    "register_private_badtoken",
    "nf_url",
    "app_404",
    "validate_wrongstate",
    "proj_get_404",
    "us_get_404",
    "edit_comment_badid",
    "us_list_page_oob",
    "task_after_promote",
    "cav_404",
    "hist_deleted",
    "wiki_byslug_404",
    "search_noproject",
    "search_404",
    "resolver_missing_us",
  ],
  method_not_allowed: ["put_auth", "tokens_create"],
  throttled: ["export_again"],
  server_error: ["us_created_bad", "importer"],
  version_conflict: ["occ_stale_same_field"],
  version_invalid: ["occ_noversion", "occ_nonint", "wiki_patch_nov", "patch_noversion_custom"],
  invalid_request: [
    "auth_bad_type",
    "auth_badjson",
    "auth_badctype",
    "invalid_accept",
    "us_byref_noref",
    "us_byref_noproj",
    "edit_comment_missing",
    "us_list_badproject",
    "us_list_badstatus",
    "us_list_badmilestone",
    "att_badobj",
    "att_wrongproject",
  ],
};
const codeOf = new Map(
  Object.entries(EXPECTED).flatMap(([code, names]) => names.map((name) => [name, code] as const)),
);

const toError = (name: string) => toResponseError(toResponse(capture(name)), "GET");

describe("toResponseError, over captured refusals of a real Taiga", () => {
  const refusals = Object.entries(observed).filter(([, { status }]) => status >= 400);

  it.each(refusals.map(([name, { request, status }]) => [name, request, status] as const))(
    "reads %s (%s, %i)",
    (name, _request, status) => {
      const error = toError(name);
      expect(error.code).toBe(codeOf.get(name) ?? "validation_failed");
      expect(error.status).toBe(status);
      expect(error.message).not.toMatch(/[<>]|^\s*$/);
    },
  );

  it("knows every capture it names", () => {
    for (const name of codeOf.keys()) expect(observed).toHaveProperty(name);
  });
});

describe("toResponseError", () => {
  it.each([
    ["us_create_missing", { subject: ["This field is required."] }],
    ["us_create_badpoints", { points: ["Invalid role id '999'"] }],
    ["memb_bulk_bad", { "bulk_memberships.0.username": ["The user must be a valid contact"] }],
    [
      "epic_rel_dup",
      {
        __all__: ["Related user story with this User story and Epic already exists."],
      },
    ],
    ["ms_baddates", { __all__: ["The estimated start must be previous to the estimated finish."] }],
  ])("keeps the messages of %s by field", (name, fields) =>
    expect(toError(name).fields).toEqual(fields),
  );

  it("names the fields in its message, but not Taiga's word for all of them", () => {
    expect(toError("auth_missing_fields").message).toBe(
      "username: This field is required.; password: This field is required.",
    );
    expect(toError("ms_baddates").message).toMatch(/^The estimated start/);
  });

  it("says how long to wait", () => {
    expect(toError("export_again").retryAfterSeconds).toBe(60);
  });

  it("treats an unknown text as a conflict, so that the caller reads the current state", () => {
    const text = JSON.stringify({ version: "La versión no coincide con la actual" });
    const error = toResponseError({ status: 400, headers: {}, text }, "PATCH");
    expect(error.code).toBe("version_conflict");
  });

  it("treats a field named version among others as a field error", () => {
    const text = JSON.stringify({ version: ["Enter a whole number."], subject: ["Too long."] });
    expect(toResponseError({ status: 400, headers: {}, text }, "PATCH").code).toBe(
      "validation_failed",
    );
  });

  it("distinguishes a missing user from an invalid token", () => {
    const text = JSON.stringify({ detail: "User not found", code: "user_not_found" });
    expect(toResponseError({ status: 401, headers: {}, text }, "GET").code).toBe("user_not_found");
  });

  it("points at the configured address when the API redirects or is missing", () => {
    const moved = toResponseError({ status: 301, headers: {}, text: "" }, "GET");
    expect(moved).toMatchObject({ code: "unexpected_response" });
    expect(moved.message).toMatch(/address/);
    expect(toError("nf_url").message).toMatch(/address/);
  });

  it.each([502, 503, 504])("takes a gateway's %i for an outage", (status) =>
    expect(toResponseError({ status, headers: {}, text: "<html>" }, "GET")).toMatchObject({
      code: "unavailable",
      outcomeUnknown: false,
    }),
  );

  it.each([
    [400, false],
    [403, false],
    [429, false],
    [500, true],
    [502, true],
    [504, true],
  ])("reports for a write answered with %i whether it may have happened: %s", (status, unknown) =>
    expect(toResponseError({ status, headers: {}, text: "" }, "POST").outcomeUnknown).toBe(unknown),
  );

  it("handles fields named like properties of Object.prototype", () => {
    const text = '{"__proto__": ["no"], "constructor": ["no"]}';
    const { fields } = toResponseError({ status: 400, headers: {}, text }, "POST");
    expect(Object.keys(fields ?? {})).toEqual(["__proto__", "constructor"]);
  });

  it("shortens long texts", () => {
    const text = JSON.stringify({ _error_message: "x".repeat(100_000) });
    expect(toResponseError({ status: 400, headers: {}, text }, "POST").message.length).toBe(500);
    const fields = Object.fromEntries(
      Array.from({ length: 100 }, (_, index) => [`field${index}`, ["x".repeat(1_000)]]),
    );
    const many = { status: 400, headers: {}, text: JSON.stringify(fields) };
    expect(toResponseError(many, "POST").message.length).toBe(2_000);
  });
});
