import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { ConfigurationError } from "../src/errors.ts";
import { loadOrCreateSecret, resolveOwnSecret } from "../src/secret-file.ts";

function newFile(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "secret-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return path.join(folder, "data", "secret");
}

describe("loadOrCreateSecret", () => {
  it("makes 256 random bits once, and gives the same ones ever after", () => {
    const file = newFile();
    const secret = loadOrCreateSecret(file);
    expect(Buffer.from(secret, "base64url")).toHaveLength(32);
    expect(loadOrCreateSecret(file)).toBe(secret);
    expect(loadOrCreateSecret(newFile())).not.toBe(secret);
  });

  it("makes it readable by its owner only, and leaves no temporary file", () => {
    const file = newFile();
    loadOrCreateSecret(file);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
    expect(readdirSync(path.dirname(file))).toEqual(["secret"]);
  });

  it("takes the text that `make` gives, such as a key set", () => {
    const file = newFile();
    expect(loadOrCreateSecret(file, () => '{"keys":[]}')).toBe('{"keys":[]}');
    expect(loadOrCreateSecret(file, () => "another")).toBe('{"keys":[]}');
  });

  it("does not overwrite a secret that another process created meanwhile", () => {
    const file = newFile();
    const made = loadOrCreateSecret(file, () => {
      loadOrCreateSecret(file, () => "the first");
      return "the second";
    });
    expect(made).toBe("the first");
    expect(readFileSync(file, "utf8").trim()).toBe("the first");
  });

  // @rule KEYS-5
  it("gives processes that start at the same moment the same secret", async () => {
    const file = newFile();
    const script = fileURLToPath(new URL("support/make-secret.ts", import.meta.url));
    const execArgv = ["--conditions=taiga-mcp-source", "--disable-warning=ExperimentalWarning"];
    const children = Array.from({ length: 3 }, () => fork(script, [file], { execArgv }));
    // However long they take to start, they act at the same moment.
    await Promise.all(children.map((child) => once(child, "message")));
    const startAt = Date.now() + 50;
    const secrets = await Promise.all(
      children.map(async (child) => {
        child.send(startAt);
        const [secret] = (await once(child, "message")) as [string];
        return secret;
      }),
    );
    expect(secrets).toEqual([secrets[0], secrets[0], secrets[0]]);
    expect(secrets[0]).toBe(readFileSync(file, "utf8").trim());
  });

  it("refuses an empty file, because an empty key would protect nothing", () => {
    const file = newFile();
    loadOrCreateSecret(file);
    writeFileSync(file, "\n");
    expect(() => loadOrCreateSecret(file)).toThrow(ConfigurationError);
    expect(() => loadOrCreateSecret(file)).toThrow(/secret cannot be used: it is empty; delete it/);
  });

  it("refuses a place that cannot be written, and names it", () => {
    const file = newFile();
    loadOrCreateSecret(file);
    const below = path.join(file, "below");
    expect(() => loadOrCreateSecret(below)).toThrow(ConfigurationError);
    expect(() => loadOrCreateSecret(below)).toThrow(`The secret file ${below} cannot be used`);
  });

  it("leaves no draft when making the secret fails", () => {
    const file = newFile();
    const failing = (): string => {
      throw new Error("no randomness");
    };
    expect(() => loadOrCreateSecret(file, failing)).toThrow(/no randomness/);
    expect(readdirSync(path.dirname(file))).toEqual([]);
  });
});

describe("resolveOwnSecret", () => {
  it("makes a secret once on one machine", () => {
    const DATA_DIR = mkdtempSync(path.join(tmpdir(), "taiga-mcp-secret-"));
    const make = (): string =>
      resolveOwnSecret({ STORE_URL: "sqlite:", DATA_DIR }, "MASTER_KEY", "master-key");
    expect(make()).toBe(make());
    rmSync(DATA_DIR, { recursive: true });
  });

  it("makes none beside Redis, because replicas would each make their own", () => {
    const settings = { STORE_URL: "redis://localhost", DATA_DIR: "/nowhere" };
    expect(() => resolveOwnSecret(settings, "MASTER_KEY", "master-key")).toThrow(
      /MASTER_KEY is not set/,
    );
  });
});
