import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";

const EXACT = /^\d+\.\d+\.\d+(-[\w.]+)?$/;

/** All dependencies of a manifest, by name. */
function dependenciesOf(manifest: string): [string, string][] {
  const { dependencies = {}, devDependencies = {} } = JSON.parse(
    readFileSync(manifest, "utf8"),
  ) as Record<string, Record<string, string>>;
  return Object.entries({ ...dependencies, ...devDependencies });
}

const manifests = [
  "package.json",
  ...["apps", "packages"].flatMap((folder) =>
    readdirSync(folder).map((name) => path.join(folder, name, "package.json")),
  ),
];

describe("versions", () => {
  // @rule OPS-6
  it.each(manifests)(
    "are exact in %s, because a minor release of the OAuth engine may change behaviour",
    (manifest) => {
      const loose = dependenciesOf(manifest).filter(
        ([, version]) => !EXACT.test(version) && !["catalog:", "workspace:*"].includes(version),
      );
      expect(loose).toEqual([]);
    },
  );

  // @rule OPS-6
  it("are exact in the catalog, which names the OAuth engine and the MCP SDK", () => {
    const [, catalog = ""] = readFileSync("pnpm-workspace.yaml", "utf8").split("\ncatalog:\n");
    const pinned = new Map(
      [...catalog.matchAll(/^ {2}"?([^":]+)"?: (.+)$/gm)].map(([, name = "", version = ""]) => [
        name,
        version,
      ]),
    );
    expect([...pinned].filter(([, version]) => !EXACT.test(version))).toEqual([]);
    expect([...pinned.keys()]).toEqual(
      expect.arrayContaining(["oidc-provider", "@modelcontextprotocol/server"]),
    );
  });
});
