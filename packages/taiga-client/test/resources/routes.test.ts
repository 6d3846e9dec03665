// Every route of a real Taiga is covered by a method of the client, or left out with a reason.
import { describe, expect, it } from "vitest";
import { listMethods, readRouteTable } from "../support/route-table.ts";
import { toIdlePatterns } from "../support/routes-left-out.ts";

const { rows, methods } = await readRouteTable();

describe("the routes of Taiga", () => {
  // @rule CLIENT-1
  it("are covered by a method, or left out with a reason, never both", () => {
    const uncovered = rows.filter((row) => row.methods.length === 0 && row.leftOut === undefined);
    expect(uncovered.map(({ route }) => route)).toEqual([]);
    const both = rows.filter((row) => row.methods.length > 0 && row.leftOut !== undefined);
    expect(both.map(({ route }) => route)).toEqual([]);
  });

  it("are all that the client calls", () => {
    expect(rows.map(({ route }) => route).filter((route) => route.includes("no route"))).toEqual(
      [],
    );
  });

  it("make every reason necessary", () => {
    expect(toIdlePatterns(rows.map(({ route }) => route))).toEqual([]);
  });

  it("are called once by every method of the client in these tests", () => {
    expect(listMethods().filter((method) => !methods.has(method))).toEqual([]);
  });

  // @rule CLIENT-2
  it("are listed in ROUTES.md with the methods that call them", async () => {
    await expect(toMarkdown()).toMatchFileSnapshot("../../ROUTES.md");
  });
});

function toMarkdown(): string {
  const covered = rows.filter((row) => row.methods.length > 0);
  const leftOut = Map.groupBy(
    rows.filter((row) => row.methods.length === 0),
    (row) => row.leftOut ?? "",
  );
  return [
    "# Routes of Taiga",
    "",
    "Generated from the routes of a real Taiga 6.10 and the client's tests; after a change, run the tests of",
    "this package with `-u`.",
    "",
    "## Covered",
    "",
    ...covered.map(
      (row) => `- \`${row.route}\`: ${row.methods.map((name) => `\`${name}\``).join(", ")}`,
    ),
    "",
    "## Left out",
    "",
    ...[...leftOut].map(
      ([reason, list]) => `- ${reason}: ${list.map(({ route }) => `\`${route}\``).join(", ")}`,
    ),
    "",
  ].join("\n");
}
