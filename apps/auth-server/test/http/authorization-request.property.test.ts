import { ACCESS_LEVELS, toAccessLevel, toScopes } from "@taiga-mcp/service";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toAuthorizationRequest } from "../../src/http/authorization-request.ts";

const RESOURCE = "https://mcp.example/mcp";
const HANDED_ON = [
  "client_id",
  "redirect_uri",
  "response_type",
  "state",
  "code_challenge",
  "code_challenge_method",
  "request",
  "request_uri",
  "registration",
];
const OTHERS = [
  "scope",
  "resource",
  "prompt",
  "response_mode",
  "nonce",
  "max_age",
  "__proto__",
  "",
];

const name = fc.oneof(fc.constantFrom(...HANDED_ON, ...OTHERS), fc.string({ maxLength: 6 }));
const value = fc.oneof(
  fc.constantFrom("taiga:read", "taiga:admin openid", RESOURCE, `${RESOURCE}/`, "none", "login"),
  fc.string({ unit: "binary", maxLength: 12 }),
);
const query = fc
  .array(fc.tuple(name, value), { maxLength: 12 })
  .map((pairs) => new URLSearchParams(pairs));
const scope = fc
  .array(fc.constantFrom("taiga:read", "taiga:write", "taiga:delete", "taiga:admin", "openid", "x"))
  .map((scopes) => scopes.join(" "));
const accessLimit = fc.constantFrom(...ACCESS_LEVELS);

describe("an authorization request with any parameters", () => {
  // @rule RFC6749-3.1-1 INPUT-4
  it("reaches the engine with only known parameters, each as often as it was sent", () => {
    fc.assert(
      fc.property(query, accessLimit, (asked, limit) => {
        const request = toAuthorizationRequest(asked, { resource: RESOURCE, accessLimit: limit });
        const known = [...HANDED_ON, "scope", "resource", "prompt"];
        expect([...request.keys()].filter((key) => !known.includes(key))).toEqual([]);
        // Repeated parameters stay repeated, so that the engine refuses them.
        for (const each of HANDED_ON) expect(request.getAll(each)).toEqual(asked.getAll(each));
      }),
    );
  });

  // @rule RFC6749-3.3-2
  it("asks for one access level and all lower ones, never above the operator's limit", () => {
    fc.assert(
      fc.property(query, fc.option(scope), accessLimit, (asked, sent, limit) => {
        asked.delete("scope");
        if (sent !== null) asked.set("scope", sent);
        const request = toAuthorizationRequest(asked, { resource: RESOURCE, accessLimit: limit });
        const scopes = request.getAll("scope").join(" ").split(" ");
        const level = toAccessLevel(scopes);
        expect(level).toBeDefined();
        expect(scopes).toEqual(level && toScopes(level));
        expect(ACCESS_LEVELS.indexOf(level ?? "admin")).toBeLessThanOrEqual(
          ACCESS_LEVELS.indexOf(limit),
        );
      }),
    );
  });

  // @rule RFC8707-2-1
  it("always has a resource, and no prompt other than none", () => {
    fc.assert(
      fc.property(query, (asked) => {
        const request = toAuthorizationRequest(asked, { resource: RESOURCE, accessLimit: "admin" });
        expect(request.getAll("resource").length).toBeGreaterThan(0);
        expect(request.getAll("resource")).not.toContain("");
        expect(["none", null]).toContain(request.get("prompt"));
      }),
    );
  });

  // @rule INPUT-4
  it("does not change when it is shaped again", () => {
    fc.assert(
      fc.property(query, accessLimit, (asked, limit) => {
        const rules = { resource: RESOURCE, accessLimit: limit };
        const once = toAuthorizationRequest(asked, rules);
        expect(toAuthorizationRequest(once, rules).toString()).toBe(once.toString());
      }),
    );
  });
});
