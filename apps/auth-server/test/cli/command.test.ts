import { describe, expect, it } from "vitest";
import { parseCommand, toUsage } from "../../src/cli/command.ts";

describe("parseCommand", () => {
  it.each([
    [["setup"], { name: "setup", isJson: false }],
    [["keys"], { name: "keys", isJson: false }],
    [["keys", "rotate"], { name: "keys rotate", isJson: false }],
    [["keys", "retire", "--json"], { name: "keys retire", isJson: true }],
    [["--json", "setup"], { name: "setup", isJson: true }],
    [["--help"], { name: "help", isJson: false }],
    [["keys", "rotate", "-h"], { name: "help", isJson: false }],
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
  ])("says in a sentence what is wrong with %j", (args, sentence) => {
    expect(parseCommand(args)).toBe(sentence);
  });
});

it("lists every command in its usage, under the name that the program was called by", () => {
  const usage = toUsage("npx admin");
  expect(usage).toContain("npx admin <command>");
  for (const name of ["setup", "keys", "keys rotate", "keys retire", "--json", "--help"]) {
    expect(usage).toMatch(new RegExp(`^  ${name} `, "m"));
  }
});
