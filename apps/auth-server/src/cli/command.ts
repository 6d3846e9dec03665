import { parseArgs } from "node:util";

/** What the program was told to do. */
export interface Command {
  name: "setup" | "keys" | "keys rotate" | "keys retire" | "help";
  /** Prints the server's answer for programs instead of a text for people. */
  isJson: boolean;
}

const NAMES = ["setup", "keys", "keys rotate", "keys retire"] as const;

/** @returns a sentence in place of the command when there is no such one. */
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
  return text === "" ? "A command is missing." : `There is no command ${JSON.stringify(text)}.`;
}

/** @param program what a person types before the command. */
export const toUsage = (program: string): string =>
  [
    "Asks the running authorization server how it is, and replaces its keys.",
    "",
    `  ${program} <command>`,
    "",
    "  setup         checks the installation step by step and says what to change",
    "  keys          lists the keys that everything stored is sealed with",
    "  keys rotate   makes a new key; nobody is logged out",
    "  keys retire   seals everything with the newest key and removes the older ones",
    "",
    "  --json        prints the answer as JSON, for scripts",
    "  --help        prints this",
    "",
    "It needs the settings that the server runs with, and runs where the server's private listener",
    "can be reached. Exit code: 0 when all is well, 1 when not, 2 for a command that it does not know.",
  ].join("\n");
