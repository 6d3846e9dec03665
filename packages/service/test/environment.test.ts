import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { describeEnvironment, readEnvironment, type Environment } from "../src/environment.ts";
import { ConfigurationError } from "../src/errors.ts";
import { seconds } from "../src/number-settings.ts";
import { flag, port } from "../src/settings.ts";

const schema = z.object({
  PORT: port.default(3001).meta({ description: "Where it listens." }),
  TTL_SECONDS: seconds({ minimum: 1, maximum: 90 }).default(60),
  VERBOSE: flag.default(false),
  NAME: z.string("must be a name").meta({ description: "Who it is." }),
  KEY: z
    .string()
    .min(8, "must be at least 8 characters long")
    .optional()
    .meta({ secret: true, defaultText: "made at first start" }),
});

const valid = { NAME: "n" };

const messageOf = (environment: Environment): string => {
  try {
    readEnvironment(schema, environment);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    return (error as Error).message;
  }
  throw new Error("nothing was thrown");
};

function newFile(content: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), "environment-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(path.join(folder, "key"), content);
  return path.join(folder, "key");
}

describe("readEnvironment", () => {
  it("reads what is set, uses defaults for what is not, and leaves everything else out", () => {
    expect(
      readEnvironment(schema, { ...valid, PORT: "80", VERBOSE: "true", PATH: "/bin" }),
    ).toEqual({ PORT: 80, TTL_SECONDS: 60, VERBOSE: true, NAME: "n" });
  });

  it("counts an empty variable as absent, because compose files pass on what is not set", () => {
    expect(readEnvironment(schema, { ...valid, PORT: "", KEY: "", KEY_FILE: "" }).PORT).toBe(3001);
    expect(messageOf({ NAME: "" })).toBe("NAME is not set: must be a name.");
  });

  it.each([
    [{}, "NAME is not set: must be a name."],
    [{ ...valid, PORT: "eighty" }, "PORT: must be a whole number from 0 to 65535."],
    [{ ...valid, PORT: "80.5" }, "PORT: must be a whole number from 0 to 65535."],
    [{ ...valid, PORT: "-1" }, "PORT: must be a whole number from 0 to 65535."],
    [{ ...valid, PORT: "65536" }, "PORT: must be a whole number from 0 to 65535."],
    [
      { ...valid, TTL_SECONDS: "soon" },
      "TTL_SECONDS: must be a whole number of seconds from 1 to 90.",
    ],
    [
      { ...valid, TTL_SECONDS: "1.5" },
      "TTL_SECONDS: must be a whole number of seconds from 1 to 90.",
    ],
    [
      { ...valid, TTL_SECONDS: "0" },
      "TTL_SECONDS: must be a whole number of seconds from 1 to 90.",
    ],
    [{ ...valid, VERBOSE: "yes" }, "VERBOSE: must be true or false."],
  ])("names variable and rule for %j", (environment, message) => {
    expect(messageOf(environment)).toBe(message);
  });

  it("names every invalid variable at once, so that one restart fixes all", () => {
    const file = "/nowhere/key";
    expect(messageOf({ PORT: "x", VERBOSE: "x", KEY_FILE: file }).split("\n")).toEqual([
      `KEY_FILE: the file ${file} cannot be read (ENOENT).`,
      "PORT: must be a whole number from 0 to 65535.",
      "VERBOSE: must be true or false.",
      "NAME is not set: must be a name.",
    ]);
  });

  it("gives a rule about several variables its own sentence", () => {
    const both = schema.refine(({ PORT }) => PORT !== 1, "PORT 1 and NAME do not go together.");
    expect(() => readEnvironment(both, { ...valid, PORT: "1" })).toThrow(
      /^PORT 1 and NAME do not go together\.$/,
    );
  });
});

describe("secrets in files", () => {
  it("reads <NAME>_FILE without the line end that editors and `echo` add", () => {
    const file = newFile("a secret value\r\n");
    expect(readEnvironment(schema, { ...valid, KEY_FILE: file }).KEY).toBe("a secret value");
  });

  it("refuses both the variable and its file, because one of them would be ignored", () => {
    const file = newFile("in the file");
    expect(messageOf({ ...valid, KEY: "in the variable", KEY_FILE: file })).toBe(
      "Set KEY or KEY_FILE, not both.",
    );
  });

  it("refuses a file that is empty", () => {
    const file = newFile("\n");
    expect(messageOf({ ...valid, KEY_FILE: file })).toBe(`KEY_FILE: the file ${file} is empty.`);
  });

  it("checks a value from a file like any other, and does not repeat it", () => {
    const message = messageOf({ ...valid, KEY_FILE: newFile("hunter2") });
    expect(message).toBe("KEY: must be at least 8 characters long.");
  });

  it("ignores _FILE for settings that are not secret, so that it cannot be used to read files", () => {
    expect(messageOf({ NAME_FILE: newFile("n") })).toBe("NAME is not set: must be a name.");
  });
});

describe("describeEnvironment", () => {
  it("says of every setting what it is for, its default and whether it is secret", () => {
    expect(describeEnvironment(schema)).toEqual([
      {
        name: "PORT",
        description: "Where it listens.",
        default: "3001",
        secret: false,
        bounds: { minimum: 0, maximum: 65_535 },
      },
      {
        name: "TTL_SECONDS",
        description: "",
        default: "60",
        secret: false,
        bounds: { minimum: 1, maximum: 90 },
      },
      { name: "VERBOSE", description: "", default: "false", secret: false, bounds: undefined },
      {
        name: "NAME",
        description: "Who it is.",
        default: undefined,
        secret: false,
        bounds: undefined,
      },
      {
        name: "KEY",
        description: "",
        default: "made at first start",
        secret: true,
        bounds: undefined,
      },
    ]);
  });
});
