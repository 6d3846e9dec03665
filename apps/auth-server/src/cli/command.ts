import { parseArgs } from "node:util";
import { toSeconds } from "./time-text.ts";

const NAMES = ["setup", "logins", "end", "keys", "keys rotate", "keys retire"] as const;

/** Which logins a command is about. */
export interface LoginOptions {
  user?: string;
  client?: string;
  grant?: string;
  /** How long ago, in seconds. */
  since?: number;
  all?: true;
}

/** A parsed command line. */
export interface Command {
  name: (typeof NAMES)[number] | "help";
  /** Prints the server's response as JSON instead of a text. */
  isJson: boolean;
  /** Empty for commands that are not about logins. */
  options: LoginOptions;
}

const OPTIONS = {
  help: { type: "boolean", short: "h" },
  json: { type: "boolean" },
  user: { type: "string" },
  client: { type: "string" },
  grant: { type: "string" },
  since: { type: "string" },
  all: { type: "boolean" },
} as const;

/** The options of the commands that have any. */
const OWN_OPTIONS: Partial<Record<Command["name"], readonly (keyof LoginOptions)[]>> = {
  logins: ["user", "client", "grant", "since"],
  end: ["user", "client", "grant", "all"],
};

/** @returns an error message when the command line is invalid. */
export function parseCommand(args: readonly string[]): Command | string {
  let parsed;
  try {
    parsed = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    return (error as Error).message.split(". ", 1)[0] + ".";
  }
  const { values, positionals } = parsed;
  const { help, json: isJson = false, ...own } = values;
  if (help === true) return { name: "help", isJson, options: {} };
  const text = positionals.join(" ");
  const name = NAMES.find((one) => one === text);
  if (name === undefined) {
    return text === "" ? "A command is missing." : `Unknown command ${JSON.stringify(text)}.`;
  }
  const options = toLoginOptions(name, own);
  return typeof options === "string" ? options : { name, isJson, options };
}

function toLoginOptions(
  name: Command["name"],
  {
    since,
    all,
    ...texts
  }: { since?: string; all?: boolean } & Pick<LoginOptions, "user" | "client" | "grant">,
): LoginOptions | string {
  const given = { ...texts, ...(since !== undefined && { since }), ...(all === true && { all }) };
  const allowed: readonly string[] = OWN_OPTIONS[name] ?? [];
  const strange = Object.keys(given).find((option) => !allowed.includes(option));
  if (strange !== undefined) return `The command ${name} has no option --${strange}.`;
  const isEmpty = Object.keys(given).length === 0;
  if (name === "end" && (isEmpty || (all === true && Object.keys(given).length > 1))) {
    return "Say which logins to end: --user, --client or --grant, or --all alone.";
  }
  if (since === undefined) return { ...texts, ...(all === true && { all }) };
  const seconds = toSeconds(since);
  if (seconds === undefined) return "--since must be a time such as 30m, 12h or 7d.";
  return { ...texts, since: seconds };
}

/** @param program command line of this program, without the command. */
export const toUsage = (program: string): string =>
  [
    "Checks the running authorization server, ends logins and rotates its keys.",
    "",
    `  ${program} <command>`,
    "",
    "  setup         checks the installation step by step and says how to fix problems",
    "  logins        lists the logins of all users, those used last first",
    "                --user NAME, --client NAME, --grant GRANT, --since 7d: only some of them",
    "  end           ends logins at once: --user NAME, --client NAME, --grant GRANT or --all",
    "  keys          lists the keys that encrypt the store",
    "  keys rotate   adds a new key; no user is logged out",
    "  keys retire   re-encrypts the store with the newest key and removes the older keys",
    "",
    "  --json        prints the response as JSON, for scripts",
    "  --help        prints this help",
    "",
    "Run it with the server's settings, on a machine that can reach the server's private listener.",
    "Exit code: 0 when all is well, 1 when not, 2 for an unknown command.",
  ].join("\n");
