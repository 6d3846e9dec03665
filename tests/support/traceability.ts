import { existsSync, globSync, readFileSync } from "node:fs";
import path from "node:path";

/** A line of docs/traceability.md that names a test. */
export interface NamedTest {
  line: string;
  /** What the page shows of the file's name. */
  label: string;
  /** From the root of the repository. */
  file: string;
  name: string;
}

/** The page: each rule with the lines below it. */
export interface Traceability {
  rules: { rule: string; tests: NamedTest[] }[];
  /** Lines that look like rows and are none, which no check would see. */
  strays: string[];
}

const TEST = /^ {2}- \[([^\]]+)\]\(\.\.\/([^)]+)\): (.+)$/;

export function readTraceability(page: string): Traceability {
  const rules: Traceability["rules"] = [];
  const strays: string[] = [];
  for (const line of page.split("\n")) {
    const [, label = "", file = "", name = ""] = TEST.exec(line) ?? [];
    const last = rules.at(-1);
    if (line.startsWith("- ")) rules.push({ rule: line.slice(2), tests: [] });
    else if (name !== "" && last !== undefined) last.tests.push({ line, label, file, name });
    else if (/^\s*[-*+] /.test(line)) strays.push(line);
  }
  return { rules, strays };
}

/** Where vitest looks for tests; see vitest.config.ts. */
const RUN =
  /^((apps|packages)\/[\w-]+\/test|tests\/(integration|e2e|nginx|conformance|browser|containers))\/.+\.test\.ts$/;

/** @returns why the test that a row names would not go red; `undefined` when it would. */
export function findFault({ label, file, name }: NamedTest): string | undefined {
  if (!existsSync(file)) return "there is no such file";
  if (!file.endsWith(`/${label}`)) return "the link leads to another file";
  if (!RUN.test(file) && !isContract(file)) return "no project runs this file";
  const source = readFileSync(file, "utf8");
  if (/\b(it|test|describe)(\.\w+)*\.(skip|only|todo|fails)\b/.test(source)) {
    return "something in this file is switched off";
  }
  if (/\.each\(\s*\[\s*\]/.test(source)) return "a table in this file is empty";
  return isTest(source, name) ? undefined : "no test has this name";
}

/** Whether a name is the first argument of `it`, also of `it.each(…)`: not a comment, not a suite. */
const isTest = (source: string, name: string): boolean =>
  ['"', "`"].some((quote) => {
    const before = source.split(`${quote}${name}${quote},`).slice(0, -1);
    return before.some((_part, index) => isCallOfIt(before.slice(0, index + 1).join(" ")));
  });

/** Whether text ends with the beginning of a call of `it`, or of what `it.each(…)` returned. */
function isCallOfIt(text: string): boolean {
  const callee = text.match(/\b(it|test|describe)(?=(\.\w+)*\()/g)?.at(-1);
  return /\(\s*$/.test(text) && (callee === "it" || callee === "test");
}

/** A suite that several test files run, each for an implementation of its own, or a part of one. */
const isContract = (file: string): boolean =>
  file.endsWith(".contract.ts") &&
  globSync(path.join(path.dirname(file), "*.{test,contract}.ts")).some(
    (other) =>
      readFileSync(other, "utf8").includes(`/${path.basename(file)}"`) &&
      (other.endsWith(".test.ts") || isContract(other)),
  );

/** Every test with generated input. */
export const propertyTests = (): string[] =>
  globSync("{apps,packages}/*/test/**/*.property.test.ts");
