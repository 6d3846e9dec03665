import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseAst } from "vitest/node";

/** A line of docs/requirements.md. */
export interface Rule {
  id: string;
  level: string;
  text: string;
}

export interface Section {
  title: string;
  rules: Rule[];
}

/** A test, or the tests of a table, that a comment `// @rule <id> …` assigns to rules. */
export interface RuleTest {
  /** Path from the root of the repository. */
  file: string;
  name: string;
  ids: string[];
}

export interface Scan {
  tests: RuleTest[];
  /** `@rule` comments that stand above no test, as `<file>:<line>`. */
  strays: string[];
}

const RULE = /^- \*\*([A-Za-z][\w.-]*)\*\* (MUST|SHOULD): (.+)$/;
const MARKER = /^\s*\/\/ @rule (.+)$/;

/** @throws when a list item of the page is not a rule, because no check would see it. */
export function readRequirements(page: string): Section[] {
  const sections: Section[] = [];
  for (const line of page.split("\n")) {
    const [, id, level, text] = RULE.exec(line) ?? [];
    if (line.startsWith("## ")) sections.push({ title: line.slice(3), rules: [] });
    else if (id && level && text) sections.at(-1)?.rules.push({ id, level, text });
    else if (/^\s*[-*+] /.test(line)) throw new Error(`This line is not a rule: ${line}`);
  }
  return sections;
}

/** Every test that carries a rule's id, in the order of files and lines. */
export function scanTests(): Scan {
  const files = globSync("{{apps,packages}/*/{src,test},tests,bench,scripts}/**/*.ts", {
    exclude: (name) => name.endsWith("node_modules"),
  }).toSorted();
  const scans = files.map((file) => scanSource(file, readFileSync(file, "utf8")));
  return {
    tests: scans.flatMap(({ tests }) => tests),
    strays: scans.flatMap(({ strays }) => strays),
  };
}

export function scanSource(file: string, source: string): Scan {
  const lines = source.split("\n");
  const marked = new Set(lines.flatMap((line, index) => (MARKER.test(line) ? [index] : [])));
  if (marked.size === 0) return { tests: [], strays: [] };
  const tests = findTestCalls(source).flatMap(({ line, name }) => {
    const ids: string[] = [];
    // The marker may stand above or below other comments of its test.
    for (let above = line - 1; /^\s*\/\//.test(lines[above] ?? ""); above--) {
      if (marked.delete(above)) ids.unshift(...idsOf(lines[above] ?? ""));
    }
    return ids.length === 0 ? [] : [{ file, name, ids }];
  });
  return { tests, strays: [...marked].map((index) => `${file}:${index + 1}`) };
}

const idsOf = (line: string): string[] => MARKER.exec(line)?.[1]?.trim().split(/\s+/) ?? [];

interface SyntaxNode {
  type: string;
  start: number;
  [member: string]: unknown;
}

/** Calls such as `it("name", …)` and `it.each(table)("name", …)`, with the index of their line. */
export function findTestCalls(source: string): { line: number; name: string }[] {
  const found: { line: number; name: string }[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (isNode(value)) {
      const name = isTestCall(value) ? textOf((value["arguments"] as unknown[])[0]) : undefined;
      if (name !== undefined) {
        found.push({ line: source.slice(0, value.start).split("\n").length - 1, name });
      }
      Object.values(value).forEach(visit);
    }
  };
  visit(parseAst(source, { lang: "ts" }));
  return found;
}

const isNode = (value: unknown): value is SyntaxNode =>
  typeof value === "object" && value !== null && "type" in value && "start" in value;

function isTestCall({ type, callee }: SyntaxNode): boolean {
  if (type !== "CallExpression") return false;
  let root = callee;
  while (isNode(root) && root.type !== "Identifier") root = root["object"] ?? root["callee"];
  return isNode(root) && (root["name"] === "it" || root["name"] === "test");
}

/** The text of a string, or of a template without expressions. */
function textOf(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  if (node.type === "Literal" && typeof node["value"] === "string") return node["value"];
  const quasis = node["quasis"] as { value: { cooked: string } }[] | undefined;
  return quasis?.length === 1 ? quasis[0]?.value.cooked : undefined;
}

/** The text of docs/requirements-tests.md. */
export function requirementsTestsPage(sections: Section[], tests: RuleTest[]): string {
  const lines = sections.flatMap(({ title, rules }) => [
    `## ${title}`,
    "",
    ...rules.flatMap(({ id, level, text }) => [
      `- **${id}** ${level}: ${text}`,
      ...tests.filter(({ ids }) => ids.includes(id)).map(testLine),
    ]),
    "",
  ]);
  return `${INTRODUCTION}\n${lines.join("\n")}`;
}

const testLine = ({ file, name }: RuleTest): string =>
  `  - [${labelOf(file)}](../${file}): ${name}`;

const labelOf = (file: string): string =>
  file.replace(/^(?:apps|packages)\/([^/]+)\/test\//, "$1/").replace(/^tests\//, "");

const INTRODUCTION = `# Tests of each requirement

<!-- Generated by \`pnpm generate\` from requirements.md and the \`@rule\` comments of the tests. -->

Each rule of [requirements.md](requirements.md) with the tests that fail when it is broken. In a test's
name, \`%s\` and the like stand for the cases of a table. \`pnpm test:rule <id>\` runs the tests of one
rule.
`;

/** Where vitest looks for tests; see vitest.config.ts. */
const RUN =
  /^((apps|packages)\/[\w-]+\/test|tests\/(integration|e2e|nginx|conformance|browser|containers))\/.+\.test\.ts$/;

/** @returns why the tests of a file would not fail; `undefined` when they would. */
export function findFault(file: string, source: string): string | undefined {
  if (testFilesOf(file).length === 0) return "no project runs this file";
  if (/\b(it|test|describe)(\.\w+)*\.(skip|only|todo|fails)\b/.test(source)) {
    return "something in this file is switched off";
  }
  return /\.each\(\s*\[\s*\]/.test(source) ? "a table in this file is empty" : undefined;
}

/** The test file itself, or for a `*.contract.ts` the test files that import it, directly or not. */
export function testFilesOf(file: string): string[] {
  if (RUN.test(file)) return [file];
  if (!file.endsWith(".contract.ts")) return [];
  return globSync("{{apps,packages}/*/test,tests}/**/*.{test,contract}.ts")
    .filter((other) => readFileSync(other, "utf8").includes(`/${path.basename(file)}";`))
    .flatMap(testFilesOf);
}
