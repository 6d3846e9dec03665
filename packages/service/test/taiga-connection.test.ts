import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { rootCertificates } from "node:tls";
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { readEnvironment, type Environment } from "../src/environment.ts";
import { ConfigurationError } from "../src/errors.ts";
import { sharedSettings } from "../src/settings.ts";
import { resolveTaigaConnection, type TaigaConnection } from "../src/taiga-connection.ts";

const schema = z.object(sharedSettings);
const resolve = (environment: Environment): TaigaConnection =>
  resolveTaigaConnection(readEnvironment(schema, environment));

const [FIRST, SECOND] = rootCertificates as [string, string];

function newFile(content: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), "connection-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, "ca.pem");
  writeFileSync(file, content);
  return file;
}

const refusalOf = (environment: Environment): string => {
  try {
    resolve(environment);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    return (error as Error).message;
  }
  throw new Error("nothing was refused");
};

describe("TAIGA_CA_FILE", () => {
  it("may hold several certificates, with remarks between them as bundles have", () => {
    const file = newFile(`# ours\r\n${FIRST.replaceAll("\n", "\r\n")}\n\n# theirs\n${SECOND}\n`);
    expect(resolve({ TAIGA_CA_FILE: file }).ca).toEqual([
      FIRST.replaceAll("\n", "\r\n").trim(),
      SECOND.trim(),
    ]);
  });

  it("is left out where public authorities are enough", () => {
    expect(resolve({}).ca).toBeUndefined();
  });

  it("is refused when nothing is there", () => {
    expect(refusalOf({ TAIGA_CA_FILE: "/nowhere/ca.pem" })).toBe(
      "TAIGA_CA_FILE: the file /nowhere/ca.pem cannot be read (ENOENT).",
    );
    expect(refusalOf({ TAIGA_CA_FILE: tmpdir() })).toMatch(/cannot be read \(EISDIR\)\.$/);
  });

  it.each([
    ["nothing", ""],
    ["a binary certificate", "0\u0082\u0003\u0001"],
    ["a key", "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n"],
    ["half a certificate", FIRST.slice(0, 200)],
  ])("is refused when it holds %s", (_what, content) => {
    const file = newFile(content);
    expect(refusalOf({ TAIGA_CA_FILE: file })).toBe(
      `TAIGA_CA_FILE: the file ${file} must hold at least one certificate in PEM form.`,
    );
  });

  it("is refused with the number of the certificate that is damaged", () => {
    const file = newFile(`${FIRST}\n${SECOND.slice(0, 200)}\n-----END CERTIFICATE-----\n`);
    expect(refusalOf({ TAIGA_CA_FILE: file })).toBe(
      `TAIGA_CA_FILE: certificate 2 in the file ${file} is damaged.`,
    );
  });
});

describe("the proxy", () => {
  const HTTPS = { TAIGA_API_URL: "https://taiga.example.com" };
  const HTTP = { TAIGA_API_URL: "http://taiga.example.com" };
  const BOTH = { HTTPS_PROXY: "http://for-https:3128", HTTP_PROXY: "http://for-http:3128" };

  it.each([
    [HTTPS, "http://for-https:3128"],
    [HTTP, "http://for-http:3128"],
  ])("goes by the scheme of Taiga's address: %j", (taiga, url) => {
    expect(resolve({ ...BOTH, ...taiga }).proxy).toEqual({ url, noProxy: undefined });
  });

  it("is not used when only the other scheme has one", () => {
    expect(resolve({ ...HTTPS, HTTP_PROXY: BOTH.HTTP_PROXY }).proxy).toBeUndefined();
    expect(resolve({ ...HTTP, HTTPS_PROXY: BOTH.HTTPS_PROXY }).proxy).toBeUndefined();
  });

  it.each([
    {},
    { SANDBOX_API_URL: "http://sandbox:3003/api/v1" },
    { TAIGA_API_URL: "http://localhost:9000" },
    { TAIGA_API_URL: "https://127.0.0.1:9443" },
  ])("never leads to the sandbox or to this machine: %j", (taiga) => {
    expect(resolve({ ...BOTH, ...taiga }).proxy).toBeUndefined();
  });

  it("is read in lower case too, which wins, because most programs have it so", () => {
    expect(
      resolve({
        ...HTTPS,
        ...BOTH,
        https_proxy: "http://lower:3128",
        no_proxy: "lower.test",
        NO_PROXY: "upper.test",
      }).proxy,
    ).toEqual({ url: "http://lower:3128", noProxy: "lower.test" });
    const empty = { https_proxy: "", no_proxy: "", NO_PROXY: "upper.test" };
    expect(resolve({ ...HTTPS, ...BOTH, ...empty }).proxy).toEqual({
      url: BOTH.HTTPS_PROXY,
      noProxy: "upper.test",
    });
  });

  it("takes a name without a scheme for http, as curl does", () => {
    const proxy = (HTTPS_PROXY: string) => resolve({ ...HTTPS, HTTPS_PROXY }).proxy?.url;
    expect(proxy("proxy.example.com:3128")).toBe("http://proxy.example.com:3128");
    expect(proxy("user:p%40ss@proxy:3128")).toBe("http://user:p%40ss@proxy:3128");
    expect(proxy("https://proxy:443/")).toBe("https://proxy:443/");
  });

  it.each([
    ["socks5://user:hunter2@proxy", "must be an http or https URL such as"],
    ["http://user:hunter2#@proxy", "must be an http or https URL such as"],
    ["http://user:hunter2@proxy/path", "must have no path, query or fragment"],
    ["http://user:hunter2%@proxy", "must have its user name and password percent-encoded"],
  ])("%s is refused without repeating it", (HTTPS_PROXY, rule) => {
    const message = refusalOf({ ...HTTPS, HTTPS_PROXY });
    expect(message).toContain(`HTTPS_PROXY: ${rule}`);
    expect(message).not.toContain("hunter2");
  });

  it("may come from a file, because it may hold a password", () => {
    const file = newFile("http://user:password@proxy:3128\n");
    expect(resolve({ ...HTTPS, HTTPS_PROXY_FILE: file }).proxy?.url).toBe(
      readFileSync(file, "utf8").trim(),
    );
  });

  it("is refused as Node's own switch, which would lead secrets through it", () => {
    expect(refusalOf({ NODE_USE_ENV_PROXY: "1" })).toMatch(/^NODE_USE_ENV_PROXY: must not be set/);
    expect(resolve({ NODE_USE_ENV_PROXY: "0" }).proxy).toBeUndefined();
  });
});
