import path from "node:path";

/** A package that files may not import, by the pattern of its name, and what to do instead. */
export interface Forbidden {
  packages: readonly string[];
  because: string;
}

/** A folder of `src`. */
export interface Folder {
  /**
   * What it may import of its own workspace, by path below `src`: a folder with everything below
   * it, or a file. A folder that contains this one means its own files only.
   */
  imports: readonly string[];
  /** Its files must not import one another either. */
  isolated?: true;
  /** Replaces what the workspace forbids. */
  forbids?: readonly Forbidden[];
}

/** An app or a package, by its path in the repository. */
export interface Workspace {
  forbids: readonly Forbidden[];
  /** Every folder by its path below `src`, after the one that contains it. */
  folders: Readonly<Record<string, Folder>>;
  /** Single files with separate rules, by their path below `src`. */
  files?: Readonly<Record<string, readonly Forbidden[]>>;
}

/** Folders below a folder of `src` that the rules reach: `src/engine/records/grants/x.ts`. */
const MAX_DEPTH = 3;

interface Override {
  files: string[];
  rules: {
    "no-restricted-imports": ["error", { patterns: { group: string[]; message: string }[] }];
  };
}

/** `.oxlintrc.layers.json`, which `.oxlintrc.json` extends: one rule a line. */
export function toLayerRules(layers: Readonly<Record<string, Workspace>>): string {
  const lines = Object.entries(layers)
    .flatMap(toOverrides)
    .map((override) => `    ${JSON.stringify(override)}`);
  return `{\n  "overrides": [\n${lines.join(",\n")}\n  ]\n}\n`;
}

/** Only the last override that matches a file applies, so each override is complete. */
function toOverrides([workspace, { forbids, folders, files = {} }]: [
  string,
  Workspace,
]): Override[] {
  const src = `${workspace}/src`;
  const outside = { group: ["../**"], message: "Another workspace is imported by its name." };
  return [
    toOverride(`${src}/**`, forbids, []),
    toOverride(`${src}/*.ts`, forbids, [outside]),
    ...Object.entries(folders).flatMap(([name, folder]) => {
      const inner = Object.keys(folders).filter((other) => other.startsWith(`${name}/`));
      return toFolderOverrides(src, name, { forbids, ...folder, inner });
    }),
    ...Object.entries(files).map(([file, own]) => toOverride(`${src}/${file}`, own, [outside])),
  ];
}

/** @param folder.inner folders in this one that have their own rules. */
const toFolderOverrides = (
  src: string,
  name: string,
  folder: Folder & Pick<Workspace, "forbids"> & { inner: readonly string[] },
) =>
  Array.from({ length: MAX_DEPTH }, (_, depth) => {
    const { imports, forbids, isolated, inner } = folder;
    const from = path.posix.join(name, "below/".repeat(depth));
    const closed = [
      `${"../".repeat(depth + 1)}**`,
      ...(isolated ? ["./**", "../**"] : []),
      ...inner.map((other) => `${toSpecifier(from, other)}/**`),
    ];
    const group = [...closed, ...imports.flatMap((part) => toAllowed(from, name, part))];
    const message = `${name}/ imports ${imports.join(", ") || "no other folder"} of its workspace.`;
    return toOverride(`${src}/${name}/${"*/".repeat(depth)}*.ts`, forbids, [{ group, message }]);
  });

/** How a file in the folder `from` names another path below `src`. */
export function toSpecifier(from: string, to: string): string {
  const relative = path.posix.relative(from, to);
  return relative.startsWith("..") ? relative : `./${relative}`;
}

/** Patterns that allow a path: each folder above it, and everything below it if it is a folder. */
function toAllowed(from: string, name: string, part: string): string[] {
  const specifier = toSpecifier(from, part);
  if (name.startsWith(`${part}/`)) return [`!${specifier}/*.ts`];
  const steps = specifier.split("/");
  const folders = steps.map((_, index) => steps.slice(0, index + 1).join("/"));
  const opened = folders.filter((folder) => !/^[./]+$/.test(folder)).map((folder) => `!${folder}`);
  return part.endsWith(".ts") ? opened : [...opened, `!${specifier}/**`];
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
