import { parseArgs } from "node:util";

/** A parsed command line. */
export interface Command {
  name: "setup" | "keys" | "keys rotate" | "keys retire" | "help";
  /** Prints the server's response as JSON instead of a text. */
  isJson: boolean;
}

const NAMES = ["setup", "keys", "keys rotate", "keys retire"] as const;

/** @returns an error message when the command line is invalid. */
export function parseCommand(args: readonly string[]): Command | string {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...args],
      options: { help: { type: "boolean", short: "h" }, json: { type: "boolean" } },
      allowPositionals: true,
    });
  } catch (error) {
    return (error as Error).message.split(". ", 1)[0] + ".";
  }
  const { values, positionals } = parsed;
  const isJson = values.json ?? false;
  if (values.help === true) return { name: "help", isJson };
  const text = positionals.join(" ");
  const name = NAMES.find((one) => one === text);
  if (name !== undefined) return { name, isJson };
  return text === "" ? "A command is missing." : `Unknown command ${JSON.stringify(text)}.`;
}

/** @param program command line of this program, without the command. */
export const toUsage = (program: string): string =>
  [
    "Checks the running authorization server and rotates its keys.",
    "",
    `  ${program} <command>`,
    "",
    "  setup         checks the installation step by step and says how to fix problems",
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
