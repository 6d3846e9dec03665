import * as service from "@taiga-mcp/service";
import * as tools from "@taiga-mcp/taiga-tools";
import { expect, it } from "vitest";

// Tools know no OAuth and service knows no tools, so each names the levels for itself.
it("an access level is the same to OAuth and to the tools, lowest first", () => {
  expect(tools.ACCESS_LEVELS).toEqual(service.ACCESS_LEVELS);
});
