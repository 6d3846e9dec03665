import * as service from "@taiga-mcp/service";
import * as tools from "@taiga-mcp/taiga-tools";
import { expect, it } from "vitest";

// packages/taiga-tools and packages/service do not import each other, so each defines the levels.
it("access levels are the same in OAuth and in the tools, lowest first", () => {
  expect(tools.ACCESS_LEVELS).toEqual(service.ACCESS_LEVELS);
});
