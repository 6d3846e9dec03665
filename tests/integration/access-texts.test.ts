import { loadTools } from "@taiga-mcp/taiga-tools";
import { toScopes, TOOL_ACCESS } from "@taiga-mcp/service";
import { describe, expect, it } from "vitest";
import { parseConfig as parseAuthServerConfig } from "../../apps/auth-server/src/config.ts";
import { toMetadata } from "../../apps/auth-server/src/http/metadata.ts";
import { toAccessTexts } from "../../scripts/access-texts.ts";

const tools = (await loadTools()).map(({ definition }) => definition);

describe("the access levels that people are offered", () => {
  // @rule MCP-SECURITY-23
  it("are those that some tool needs, with texts made of the tools", () => {
    expect(TOOL_ACCESS).toEqual(toAccessTexts(tools));
    const levels = new Set(tools.map(({ access }) => access));
    expect(TOOL_ACCESS.map(({ level }) => level).toSorted()).toEqual([...levels].toSorted());
  });

  it("follow the tools: a level without tools goes, one with tools comes with its words", () => {
    const reading = tools.filter(({ access }) => access === "read");
    expect(toAccessTexts(reading).map(({ level }) => level)).toEqual(["read"]);
    const few = toAccessTexts(tools.filter(({ name }) => ["get_me", "add_comment"].includes(name)));
    expect(few).toEqual([
      { level: "read", allows: "See your name and e-mail." },
      {
        level: "write",
        allows: "Also create and change items, comments and wiki pages. Cannot delete anything.",
      },
    ]);
    expect(() => toAccessTexts([{ name: "fly_away", access: "admin" }])).toThrow("fly_away");
  });

  it("are the scopes that the metadata offers, below the operator's limit", () => {
    const environment = { DATA_DIR: "/tmp" };
    const highest = TOOL_ACCESS.at(-1)!.level;
    for (const [limit, expected] of [
      ["admin", highest],
      ["write", "write"],
    ] as const) {
      const config = parseAuthServerConfig({ ...environment, ACCESS_LIMIT: limit });
      expect(toMetadata(config)["scopes_supported"]).toEqual(toScopes(expected));
    }
  });
});
