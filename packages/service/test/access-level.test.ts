import { describe, expect, it } from "vitest";
import {
  ACCESS_LEVELS,
  isWithin,
  lowestLevel,
  toAccessLevel,
  toScope,
  toScopes,
} from "../src/access-level.ts";

describe("toScopes", () => {
  // @rule RFC6749-3.3-2
  it("gives a level its own scope and all below it, lowest first", () => {
    expect(toScopes("read")).toEqual(["taiga:read"]);
    expect(toScopes("delete")).toEqual(["taiga:read", "taiga:write", "taiga:delete"]);
    expect(toScopes("admin")).toEqual(["taiga:read", "taiga:write", "taiga:delete", "taiga:admin"]);
  });
});

describe("toAccessLevel", () => {
  it.each(ACCESS_LEVELS)("is the inverse of toScope and of toScopes for %s", (level) => {
    expect(toAccessLevel([toScope(level)])).toBe(level);
    expect(toAccessLevel(toScopes(level))).toBe(level);
  });

  it("takes the highest of several, in any order", () => {
    expect(toAccessLevel(["taiga:delete", "taiga:read"])).toBe("delete");
    expect(toAccessLevel(["taiga:read", "taiga:write"])).toBe("write");
  });

  it.each([
    [[]],
    [["openid", "offline_access"]],
    [["taiga:root"]],
    [["read"]],
    [["TAIGA:READ"]],
    [["taiga:read "]],
  ])("finds none in %j, so that unknown scopes permit nothing", (scopes) =>
    expect(toAccessLevel(scopes)).toBeUndefined(),
  );

  it("ignores unknown scopes beside known ones", () => {
    expect(toAccessLevel(["openid", "taiga:read", "taiga:root"])).toBe("read");
  });
});

describe("isWithin", () => {
  it("orders read < write < delete < admin", () => {
    const table = ACCESS_LEVELS.map((level) =>
      ACCESS_LEVELS.map((limit) => isWithin(level, limit)),
    );
    expect(table).toEqual([
      [true, true, true, true],
      [false, true, true, true],
      [false, false, true, true],
      [false, false, false, true],
    ]);
  });
});

describe("lowestLevel", () => {
  it("is the strictest limit, at any position", () => {
    expect(lowestLevel("admin")).toBe("admin");
    expect(lowestLevel("admin", "write", "delete")).toBe("write");
    expect(lowestLevel("read", "admin", "admin")).toBe("read");
    expect(lowestLevel("delete", "admin", "read")).toBe("read");
  });
});
