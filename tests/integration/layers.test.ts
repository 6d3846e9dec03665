// Breaks each rule of scripts/layers.ts once, to prove that lint reports it.
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { toSpecifier, type Workspace } from "../../scripts/layer-rules.ts";
import { LAYERS } from "../../scripts/layers.ts";

const OXLINT = path.resolve("node_modules/.bin/oxlint");
const FORBIDDEN = [
  ["apps/auth-server/src/http/a.ts", "oidc-provider"],
  ["apps/auth-server/src/vault/a.ts", "ioredis"],
  ["apps/auth-server/src/login/a.ts", "node:sqlite"],
  ["apps/auth-server/src/http/b.ts", "node:process"],
  ["apps/auth-server/src/http/c.ts", "@taiga-mcp/resource-server"],
  ["apps/auth-server/src/engine/a.ts", "express"],
  ["apps/auth-server/src/engine/b.ts", "@taiga-mcp/taiga-client"],
  ["apps/auth-server/src/engine/c.ts", "../main.ts"],
  ["apps/auth-server/src/engine/d.ts", "../http/limits.ts"],
  ["apps/auth-server/src/engine/e.ts", "../vault/vault.ts"],
  ["apps/auth-server/src/engine/f.ts", "../grants/end-grant.ts"],
  ["apps/auth-server/src/engine/records/a.ts", "express"],
  ["apps/auth-server/src/engine/records/b.ts", "../../vault/vault.ts"],
  ["apps/auth-server/src/main.ts", "oidc-provider"],
  ["packages/taiga-tools/src/tools/core/a.ts", "express"],
  ["packages/taiga-tools/src/tools/core/b.ts", "@modelcontextprotocol/server"],
  ["packages/taiga-tools/src/tools/core/c.ts", "./get-me.ts"],
  ["packages/taiga-tools/src/tools/core/d.ts", "../../calls/idempotency.ts"],
  ["packages/taiga-tools/src/tools/core/e.ts", "../../tool/run-tool.ts"],
  ["packages/taiga-tools/src/tools/core/f.ts", "node:fs"],
  ["packages/service/src/a.ts", "@taiga-mcp/store"],
  ["packages/store/src/a.ts", "express"],
  ["packages/store/src/b.ts", "@taiga-mcp/taiga-client"],
  ["packages/taiga-client/src/a.ts", "@taiga-mcp/service"],
  ["packages/taiga-sandbox/src/a.ts", "@taiga-mcp/taiga-client"],
] as const;
const ALLOWED = [
  ["apps/auth-server/src/engine/ok.ts", "oidc-provider"],
  ["apps/auth-server/src/engine/ok2.ts", "../storage/key-names.ts"],
  ["apps/auth-server/src/engine/records/ok.ts", "../../storage/key-names.ts"],
  ["apps/auth-server/src/engine/single-use/ok.ts", "../../grants/lifetimes.ts"],
  ["apps/auth-server/src/main.ts", "node:process"],
  ["packages/taiga-tools/src/tools/core/ok.ts", "../../tool/define-tool.ts"],
  ["packages/taiga-tools/src/tools/core/ok2.ts", "@taiga-mcp/taiga-client"],
  ["packages/store/src/ok.ts", "@taiga-mcp/service"],
] as const;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "taiga-mcp-layers-"));
  for (const file of [".oxlintrc.json", ".oxlintrc.layers.json"]) {
    copyFileSync(file, path.join(folder, file));
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Planted {
  file: string;
  imports: string;
}

/** @returns the files that lint reports for a forbidden import. */
const lint = (planted: readonly Planted[], toStatement = toImport): string[] =>
  lintRule("no-restricted-imports", planted, toStatement);

/** @returns the files that break this lint rule. */
function lintRule(
  rule: string,
  planted: readonly Planted[],
  toStatement: typeof toImport,
): string[] {
  for (const { file, imports } of planted) {
    const target = path.join(folder, file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, toStatement(imports));
  }
  if (planted.length === 0) return [];
  const files = planted.map(({ file }) => file);
  const { stdout } = spawnSync(OXLINT, ["--format=unix", ...files], {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 2 ** 24,
  });
  const found = stdout.split("\n").filter((line) => line.includes(rule));
  return [...new Set(found.map((line) => line.split(":")[0] ?? ""))].toSorted();
}

const toImport = (name: string): string => `import { x } from "${name}";\nx();\n`;
const toPlanted = ([file, imports]: readonly [string, string]): Planted => ({ file, imports });

/** Imports of parts of a workspace's `src`, from each of its folders and from two levels below. */
const plant = ([workspace, { folders }]: Layer, toParts: (name: string) => readonly string[]) =>
  Object.keys(folders).flatMap((name) =>
    toParts(name).flatMap((part, index) =>
      [0, 1, 2].map((depth) => {
        const from = path.posix.join(name, "below/".repeat(depth));
        const target = part.endsWith(".ts") ? part : `${part}/a.ts`;
        return {
          file: `${workspace}/src/${from}/planted-${index}.ts`.replaceAll("//", "/"),
          imports: toSpecifier(from, target),
        };
      }),
    ),
  );

type Layer = [string, Workspace];

/** The files and folders at the top of `src`, and the folders in those that hold files as well. */
const entriesOf = (workspace: string): string[] => [
  ...readdirSync(`${workspace}/src`),
  ...foldersOf(workspace).filter((folder) => folder.includes("/")),
];

/** Folders of `src`; those in a folder without files of its own follow its rule. */
function foldersOf(workspace: string, folder = ""): string[] {
  const entries = readdirSync(`${workspace}/src/${folder}`, { withFileTypes: true });
  if (folder !== "" && !entries.some((entry) => entry.isFile())) return [];
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => path.posix.join(folder, entry.name))
    .flatMap((inner) => [inner, ...foldersOf(workspace, inner)]);
}

const isWithin = (inner: string, outer: string): boolean =>
  inner === outer || inner.startsWith(`${outer}/`);

/** Whether lint lets the files of a folder import a part, by the table. */
const isAllowed = (name: string, part: string, imports: readonly string[]): boolean =>
  imports.includes(part) ||
  imports.some((allowed) => part.startsWith(`${allowed}/`) && !name.startsWith(`${allowed}/`));

describe("layer rules", () => {
  // @rule OPS-8
  it.each(FORBIDDEN)("%s must not import %s", (...planted) => {
    expect(lint([toPlanted(planted)])).toEqual([planted[0]]);
  });

  it.each(FORBIDDEN.slice(0, 3))("%s must not import types of %s either", (...planted) => {
    const toTypeExport = (name: string) => `export type { x } from "${name}";\n`;
    expect(lint([toPlanted(planted)], toTypeExport)).toEqual([planted[0]]);
  });

  it.each(ALLOWED)("%s may import %s", (...planted) => {
    expect(lint([toPlanted(planted)])).toEqual([]);
  });

  it.each(Object.entries(LAYERS))("%s has a rule for each of its folders", (name, { folders }) => {
    expect(Object.keys(folders).toSorted()).toEqual(foldersOf(name).toSorted());
  });

  it.each(Object.entries(LAYERS))("%s: every unlisted import is reported", (...layer) => {
    const [workspace, { folders }] = layer;
    const planted = plant(layer, (name) =>
      entriesOf(workspace).filter(
        (part) =>
          part !== name &&
          !isAllowed(name, part, folders[name]?.imports ?? []) &&
          // A file two levels below may still import the levels in between.
          !(part.startsWith(`${name}/`) && !(part in folders)),
      ),
    );
    expect(lint(planted)).toEqual(planted.map(({ file }) => file).toSorted());
  });

  it.each(Object.entries(LAYERS))("%s: every listed import is accepted", (...layer) => {
    const [, { folders }] = layer;
    expect(lint(plant(layer, (name) => folders[name]?.imports ?? []))).toEqual([]);
  });

  it.each(Object.entries(LAYERS))("%s: no folder reaches itself through others", (_name, layer) => {
    const { folders } = layer;
    const names = Object.keys(folders);
    /** The folders whose files an import can be of: those below it, or the one that holds it. */
    const toFolders = (from: string, part: string): string[] => {
      if (from.startsWith(`${part}/`)) return [part];
      const below = names.filter((name) => isWithin(name, part));
      return below.length > 0 ? below : names.filter((name) => name === path.posix.dirname(part));
    };
    const reached = (name: string, seen = new Set<string>()): Set<string> => {
      const parts = folders[name]?.imports ?? [];
      for (const next of parts.flatMap((part) => toFolders(name, part))) {
        if (!seen.has(next)) reached(next, seen.add(next));
      }
      return seen;
    };
    expect(names.filter((name) => reached(name).has(name))).toEqual([]);
  });

  it("covers every app and package", () => {
    const workspaces = ["apps", "packages"].flatMap((parent) =>
      readdirSync(parent).map((name) => `${parent}/${name}`),
    );
    expect(Object.keys(LAYERS).toSorted()).toEqual(workspaces.toSorted());
  });

  // @rule OPS-8
  it("only main.ts reads the environment", () => {
    const statement = () => "export const port = process.env.PORT;\n";
    const planted = ["config.ts", "main.ts"].map((name) => ({
      file: `apps/auth-server/src/${name}`,
      imports: "",
    }));
    expect(lintRule("no-process-env", planted, statement)).toEqual([
      "apps/auth-server/src/config.ts",
    ]);
  });
});
