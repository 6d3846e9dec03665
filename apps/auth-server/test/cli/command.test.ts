import { describe, expect, it } from "vitest";
import { parseCommand, toUsage } from "../../src/cli/command.ts";

describe("parseCommand", () => {
  it.each([
    [["setup"], { name: "setup", isJson: false, options: {} }],
    [["keys"], { name: "keys", isJson: false, options: {} }],
    [["keys", "rotate"], { name: "keys rotate", isJson: false, options: {} }],
    [["keys", "retire", "--json"], { name: "keys retire", isJson: true, options: {} }],
    [["--json", "setup"], { name: "setup", isJson: true, options: {} }],
    [["--help"], { name: "help", isJson: false, options: {} }],
    [["keys", "rotate", "-h"], { name: "help", isJson: false, options: {} }],
    [
      ["logins", "--user", "alice", "--since", "7d"],
      { name: "logins", isJson: false, options: { user: "alice", since: 604_800 } },
    ],
    [["end", "--all"], { name: "end", isJson: false, options: { all: true } }],
    [["end", "--client=Claude"], { name: "end", isJson: false, options: { client: "Claude" } }],
  ])("reads %j", (args, command) => {
    expect(parseCommand(args)).toEqual(command);
  });

  it.each([
    [[], "A command is missing."],
    [["key"], 'Unknown command "key".'],
    [["keys", "remove"], 'Unknown command "keys remove".'],
    [["keys", "rotate", "now"], 'Unknown command "keys rotate now".'],
    [["setup", "--force"], "Unknown option '--force'."],
    [["setup", "--json=yes"], "Option '--json' does not take an argument."],
    [["end"], "Say which logins to end: --user, --client or --grant, or --all alone."],
    [
      ["end", "--all", "--user", "alice"],
      "Say which logins to end: --user, --client or --grant, or --all alone.",
    ],
    [["keys", "--user", "alice"], "The command keys has no option --user."],
    [["end", "--since", "7d"], "The command end has no option --since."],
    [["logins", "--since", "yesterday"], "--since must be a time such as 30m, 12h or 7d."],
    [["logins", "--since", "0d"], "--since must be a time such as 30m, 12h or 7d."],
  ])("says in a sentence what is wrong with %j", (args, sentence) => {
    expect(parseCommand(args)).toBe(sentence);
  });
});

it("lists every command in its usage, under the name that the program was called by", () => {
  const usage = toUsage("npx admin");
  expect(usage).toContain("npx admin <command>");
  for (const name of [
    "setup",
    "logins",
    "end",
    "keys",
    "keys rotate",
    "keys retire",
    "--json",
    "--help",
  ]) {
    expect(usage).toMatch(new RegExp(`^  ${name} `, "m"));
  }
});
