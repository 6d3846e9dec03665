import { describe, expect, it } from "vitest";
import { ACCESS_LEVELS, type AccessLevel } from "../../src/policy/access-level.ts";
import { decide, type Limits } from "../../src/policy/policy.ts";
import { NO_NARROWING } from "../../src/policy/narrowing.ts";

const limits = (more: Partial<Limits> = {}): Limits => ({
  operator: { accessLimit: "admin", toolsets: ["core"] },
  caller: { access: "admin" },
  request: NO_NARROWING,
  ...more,
});
const tool = (access: AccessLevel, taigaPermissions?: string[]) => ({
  name: "do_it",
  toolset: "core" as const,
  access,
  ...(taigaPermissions && { taigaPermissions }),
});
const operator = (accessLimit: AccessLevel) => ({
  operator: { accessLimit, toolsets: ["core"] as const },
});

/** Every combination of the three limits that speak of levels, against every level a tool may need. */
const COMBINATIONS = ACCESS_LEVELS.flatMap((limit) =>
  ACCESS_LEVELS.flatMap((grant) =>
    [true, false].flatMap((readOnly) =>
      ACCESS_LEVELS.map((needed) => ({ limit, grant, readOnly, needed })),
    ),
  ),
);

describe("decide", () => {
  // @rule MCP-AUTH-7
  it.each(COMBINATIONS)(
    "limit $limit, grant $grant, readonly $readonly: a tool that needs $needed",
    ({ limit, grant, readOnly, needed }) => {
      const rank = (level: AccessLevel) => ACCESS_LEVELS.indexOf(level);
      const strictest = Math.min(rank(limit), rank(grant), readOnly ? 0 : 3);
      const decision = decide(
        limits({
          ...operator(limit),
          caller: { access: grant },
          request: { ...NO_NARROWING, readOnly },
        }),
        tool(needed),
      );
      expect(decision.list).toBe(rank(needed) <= strictest);
      expect(decision.run === "allowed").toBe(rank(needed) <= strictest);
    },
  );

  it("names the level to ask for only where asking the user again would help", () => {
    const neededOf = (given: Limits) => {
      const { run } = decide(given, tool("delete"));
      return run === "allowed" ? "allowed" : run.refused.needs;
    };
    expect(neededOf(limits({ caller: { access: "write" } }))).toBe("delete");
    expect(neededOf(limits({ ...operator("write"), caller: { access: "write" } }))).toBeUndefined();
    expect(
      neededOf(
        limits({ request: { ...NO_NARROWING, readOnly: true }, caller: { access: "read" } }),
      ),
    ).toBeUndefined();
  });

  it("names the level that is needed and the one that is there", () => {
    const { run } = decide(limits({ caller: { access: "read" } }), tool("write"));
    expect(run).toMatchObject({
      refused: {
        code: "access_level_too_low",
        reason: expect.stringMatching(/write.*read.*connect/),
      },
    });
  });

  it("refuses a tool of a toolset that the operator or the address leaves out", () => {
    const off = { accessLimit: "admin", toolsets: [] } as const;
    const left = { ...NO_NARROWING, toolsets: [] };
    for (const given of [limits({ operator: off }), limits({ request: left })]) {
      expect(decide(given, tool("read"))).toMatchObject({
        list: false,
        run: { refused: { code: "tool_not_enabled" } },
      });
    }
  });

  it.each([
    [undefined, ["add_us"], true],
    [[], ["add_us"], false],
    [["view_us"], ["add_us"], false],
    [["add_task"], ["add_us", "add_task"], true],
    [[], undefined, true],
  ])(
    "with the Taiga permissions %j, lists a tool that needs one of %j: %j",
    (mine, needed, listed) => {
      const taigaPermissions = mine && new Set(mine);
      const decision = decide(limits({ taigaPermissions }), tool("write", needed));
      expect(decision).toEqual({ list: listed, run: "allowed" });
    },
  );
});
