import {
  ConfigurationError,
  findMisspeltNames,
  findNearestName,
  toMisspeltWarning,
} from "@taiga-mcp/service";
import { existsSync, readFileSync } from "node:fs";
import process from "node:process";
import { parseEnv } from "node:util";
import { ENV_FILE_SETTINGS, isEnvFileSetting, PROGRAM_SETTINGS } from "./known-settings.ts";

type Variables = Readonly<Record<string, string | undefined>>;

export interface ServiceEnvironment {
  environment: NodeJS.ProcessEnv;
  /** One sentence for each variable that nothing reads and that looks like a misspelt setting. */
  warnings: string[];
}

/**
 * The environment of the services. Shell variables override those in the .env file.
 *
 * @throws {ConfigurationError} when a line of the file is not an assignment.
 */
export function readEnvironmentFile(): ServiceEnvironment {
  const fileVariables = existsSync(".env") ? parseFile(readFileSync(".env", "utf8")) : {};
  const variables: NodeJS.ProcessEnv = { ...fileVariables, ...process.env };
  const warnings = toWarnings(fileVariables, process.env);
  if (variables["TAIGA_API_URL"] === "") delete variables["TAIGA_API_URL"];
  const sandboxPort = variables["SANDBOX_PORT"] || "3003";
  return {
    environment: {
      // People read this terminal, so requests are logged only on demand.
      LOG_LEVEL: "warn",
      SANDBOX_API_URL: `http://localhost:${sandboxPort}/api/v1`,
      ...variables,
      // If set for the whole machine, it would send requests between the services through the proxy.
      NODE_USE_ENV_PROXY: "",
    },
    warnings,
  };
}

/**
 * Every variable of the file that nothing reads, and those of the shell that resemble a setting.
 * A value may be a secret, so only names are shown.
 */
export function toWarnings(fileVariables: Variables, shellVariables: Variables): string[] {
  const unknown = Object.keys(fileVariables).filter((name) => !isEnvFileSetting(name));
  const misspelt = findMisspeltNames(shellVariables, PROGRAM_SETTINGS).filter(
    ({ name }) => !unknown.includes(name),
  );
  return [
    ...unknown.map((name) => {
      const nearest = findNearestName(name, ENV_FILE_SETTINGS);
      return nearest === undefined
        ? `.env: ${name} is not a setting and has no effect. docs/configuration.md lists all settings.`
        : `.env: ${toMisspeltWarning({ name, nearest })}`;
    }),
    ...misspelt.map(toMisspeltWarning),
  ];
}

const ASSIGNMENT = /^\s*(?:export\s+)?[A-Za-z_][\w.]*\s*=\s*(.*)$/;

/**
 * The variables of a .env file, in the syntax of Node.js, which itself skips lines that it cannot read.
 *
 * @throws {ConfigurationError} that names the lines; not their text, which may be a secret.
 */
export function parseFile(text: string): Record<string, string | undefined> {
  const content = text.replace(/^\uFEFF/, "");
  const lines = content.split(/\r?\n/);
  const bad: number[] = [];
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? "";
    if (/^\s*(#|$)/.test(line)) continue;
    const value = ASSIGNMENT.exec(line)?.[1];
    if (value === undefined) bad.push(index + 1);
    else index = endOfValue(lines, index, value);
  }
  if (bad.length === 0) return parseEnv(content);
  throw new ConfigurationError(
    bad
      .map(
        (number) =>
          `.env, line ${number}: not an assignment. Write NAME=value, or # for a comment.`,
      )
      .join("\n"),
  );
}

/** The last line of a value: one in quotes may have several. */
function endOfValue(lines: readonly string[], first: number, value: string): number {
  const quote = /^["'`]/.exec(value)?.[0];
  if (quote === undefined || value.includes(quote, 1)) return first;
  const last = lines.findIndex((line, index) => index > first && line.includes(quote));
  return last === -1 ? first : last;
}
