import { type Folder, type Forbidden, LAYERS, type Workspace } from "./layers.ts";

/** Folders below a folder of `src` that the rules reach: `src/engine/records/grants/x.ts`. */
const MAX_DEPTH = 3;

interface Override {
  files: string[];
  rules: {
    "no-restricted-imports": ["error", { patterns: { group: string[]; message: string }[] }];
  };
}

/** `.oxlintrc.layers.json`, which `.oxlintrc.json` extends: one rule a line. */
export function toLayerRules(): string {
  const lines = Object.entries(LAYERS)
    .flatMap(toOverrides)
    .map((override) => `    ${JSON.stringify(override)}`);
  return `{\n  "overrides": [\n${lines.join(",\n")}\n  ]\n}\n`;
}

/** The last override that matches a file is the only one that counts, so each one is complete. */
function toOverrides([workspace, { forbids, folders, files = {} }]: [
  string,
  Workspace,
]): Override[] {
  const src = `${workspace}/src`;
  const outside = toLevel(0, [], "Another workspace is imported by its name.");
  return [
    toOverride(`${src}/**`, forbids, []),
    toOverride(`${src}/*.ts`, forbids, [outside]),
    ...Object.entries(folders).flatMap(([name, folder]) =>
      toFolderOverrides(`${src}/${name}`, name, { forbids, ...folder }),
    ),
    ...Object.entries(files).map(([file, own]) => toOverride(`${src}/${file}`, own, [outside])),
  ];
}

const toFolderOverrides = (
  path: string,
  name: string,
  folder: Folder & Pick<Workspace, "forbids">,
) =>
  Array.from({ length: MAX_DEPTH }, (_, depth) => {
    const { imports, forbids, isolated } = folder;
    const message = `${name}/ imports ${imports.join(", ") || "no other folder"} of its workspace.`;
    const level = toLevel(depth, imports, message);
    if (isolated) level.group.unshift("./**", "../**");
    return toOverride(`${path}/${"*/".repeat(depth)}*.ts`, forbids, [level]);
  });

/** What leaves a folder, seen from a file that is `depth` folders below it. */
function toLevel(depth: number, imports: readonly string[], message: string) {
  const up = "../".repeat(depth + 1);
  return { group: [`${up}**`, ...imports.flatMap((name) => toAllowed(up, name))], message };
}

/** A file is allowed once the folders above it are; a folder with all that is below it. */
function toAllowed(up: string, name: string): string[] {
  const folders = name.split("/").map((_, index, parts) => parts.slice(0, index + 1).join("/"));
  const below = name.endsWith(".ts") ? [] : [`!${up}${name}/**`];
  return [...folders.map((folder) => `!${up}${folder}`), ...below];
}

const toOverride = (
  files: string,
  forbids: readonly Forbidden[],
  levels: { group: string[]; message: string }[],
): Override => ({
  files: [files],
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: [
          ...forbids.map(({ packages, because }) => ({ group: [...packages], message: because })),
          ...levels,
        ],
      },
    ],
  },
});
