import type { KoaContextWithOIDC } from "oidc-provider";
import { describe, expect, it } from "vitest";
import { askEveryTime } from "../../../src/engine/interactions/interaction-policy.ts";

/** A request from a browser with an engine session, for a client that is not native. */
const toContext = (result: object | undefined): KoaContextWithOIDC =>
  ({
    oidc: { result, session: { accountId: "alice" }, client: { applicationType: "web" } },
  }) as never;

// flow-session.ts and registration prevent these cases; the policy also holds without them.
describe("the interaction policy", () => {
  // @rule MCP-SECURITY-9
  it.each([
    ["login", "login_every_time"],
    ["consent", "public_client_prompt"],
  ])(
    "asks for the %s although there is a session and the client is not native",
    async (step, reason) => {
      const check = askEveryTime().get(step)?.checks.get(reason);
      expect(await check?.check(toContext(undefined))).toBe(true);
      expect(await check?.check(toContext({ [step]: {} }))).toBe(false);
    },
  );
});
