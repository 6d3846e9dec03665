import { readFileSync } from "node:fs";
import { z } from "zod";
import { ConfigurationError } from "./errors.ts";
import { type Bounds, findBounds } from "./number-settings.ts";
import { findMisspeltTaigaUrl, toSettingNames } from "./setting-names.ts";

declare module "zod" {
  interface GlobalMeta {
    /** May also be given as `<NAME>_FILE`, the path of a file that holds the value; never shown. */
    secret?: boolean;
    /** Other programs read it too, in upper or lower case; lower case wins, as it does with curl. */
    anyCase?: boolean;
    /** How the default reads in the documentation when the schema cannot show it. */
    defaultText?: string;
  }
}

/** Environment variables as a process gets them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads settings from environment variables, once, before anything opens a port.
 *
 * An empty variable counts as absent. A setting marked `secret` may instead be given as
 * `<NAME>_FILE`, the path of a file (a Docker or Kubernetes secret) whose content is the value.
 *
 * @throws {ConfigurationError} one sentence for each bad variable, naming it and the rule.
 */
export function readEnvironment<Schema extends z.ZodObject>(
  schema: Schema,
  environment: Environment,
): z.output<Schema> {
  refuseMisspeltTaigaUrl(schema, environment);
  const values: Record<string, string | undefined> = {};
  const unreadable = new Map<string, string>();
  for (const [name, field] of Object.entries(schema.shape)) {
    const { value, problem } = readVariable(name, metaOf(field), environment);
    values[name] = value;
    if (problem !== undefined) unreadable.set(name, problem);
  }
  const result = schema.safeParse(values);
  if (result.success && unreadable.size === 0) return result.data;
  const issues = result.error?.issues ?? [];
  throw new ConfigurationError(
    [
      ...unreadable.values(),
      ...issues
        .filter(({ path: [name] }) => !unreadable.has(String(name)))
        .map((issue) => toSentence(issue, values)),
    ].join("\n"),
  );
}

function refuseMisspeltTaigaUrl(schema: z.ZodObject, environment: Environment): void {
  if (!("TAIGA_API_URL" in schema.shape)) return;
  const name = findMisspeltTaigaUrl(environment, toSettingNames(schema));
  if (name === undefined) return;
  throw new ConfigurationError(
    `${name} is not a setting, and TAIGA_API_URL is not set, so the sandbox would be used. Rename ${name} to TAIGA_API_URL, or remove it to use the sandbox.`,
  );
}

/** One row of the documentation of a service's settings. */
export interface SettingDoc {
  name: string;
  description: string;
  /** How the default reads; `undefined` without a default. */
  default: string | undefined;
  secret: boolean;
  /** Of a number. */
  bounds: Pick<Bounds, "minimum" | "maximum"> | undefined;
}

/** What a settings schema says about itself, for docs/configuration.md and .env.example. */
export const describeEnvironment = (schema: z.ZodObject): SettingDoc[] =>
  Object.entries(schema.shape).map(([name, field]) => {
    const meta = metaOf(field);
    return {
      name,
      description: meta.description ?? "",
      default: meta.defaultText ?? defaultOf(field as z.ZodType),
      secret: meta.secret ?? false,
      bounds: findBounds(field),
    };
  });

interface Variable {
  value?: string | undefined;
  problem?: string;
}

function readVariable(
  name: string,
  { secret = false, anyCase = false }: z.GlobalMeta,
  environment: Environment,
): Variable {
  const lowerCase = anyCase ? environment[name.toLowerCase()] : undefined;
  const value = lowerCase || environment[name] || undefined;
  const file = secret ? environment[`${name}_FILE`] || undefined : undefined;
  if (file === undefined) return { value };
  if (value !== undefined) return { problem: `Set ${name} or ${name}_FILE, not both.` };
  try {
    const content = readFileSync(file, "utf8").trim();
    if (content === "") return { problem: `${name}_FILE: the file ${file} is empty.` };
    return { value: content };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return { problem: `${name}_FILE: the file ${file} cannot be read (${code}).` };
  }
}

const metaOf = (field: unknown): z.GlobalMeta => (field as z.ZodType).meta() ?? {};

function defaultOf(field: z.ZodType): string | undefined {
  const parsed = field.safeParse(undefined);
  if (!parsed.success || parsed.data === undefined) return undefined;
  return typeof parsed.data === "string" ? parsed.data : JSON.stringify(parsed.data);
}

function toSentence(issue: z.core.$ZodIssue, values: Record<string, unknown>): string {
  if (issue.path[0] === undefined) return issue.message; // a rule about several variables
  const name = String(issue.path[0]);
  return values[name] === undefined
    ? `${name} is not set: ${issue.message}.`
    : `${name}: ${issue.message}.`;
}
