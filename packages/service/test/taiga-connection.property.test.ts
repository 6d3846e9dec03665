import fc from "fast-check";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { rootCertificates } from "node:tls";
import { afterAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { readEnvironment } from "../src/environment.ts";
import { ConfigurationError } from "../src/errors.ts";
import { sharedSettings } from "../src/settings.ts";
import { resolveTaigaConnection, type TaigaConnection } from "../src/taiga-connection.ts";

const schema = z.object(sharedSettings);
const SECRET = "correct-horse-battery";
const [FIRST = "", SECOND = ""] = rootCertificates;

const folder = mkdtempSync(path.join(tmpdir(), "connection-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** `undefined` when it is refused as it should be: by name, and without repeating a password. */
function resolve(name: string, value: string): TaigaConnection | undefined {
  try {
    const settings = { TAIGA_API_URL: "https://taiga.example", [name]: value };
    return resolveTaigaConnection(readEnvironment(schema, settings));
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    expect(error.message).toMatch(new RegExp(`^${name}: `));
    expect(error.message).not.toContain(SECRET);
    return undefined;
  }
}

describe("HTTPS_PROXY", () => {
  const PARTS = [
    ["http://", "https://", "socks5://", "", `u:${SECRET}@`, `:${SECRET}%zz@`, `${SECRET}@`],
    ["proxy.example", "[::1]", "10.0.0.1", ":3128", ":x", ":99999", "/", "/path", "?q", "#", " "],
  ];
  const part = fc.constantFrom(...PARTS.flat());
  const value = fc.oneof(
    fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join("")),
    fc.string({ unit: "binary", minLength: 1 }),
  );

  // @rule INPUT-13
  it("of any text is refused by name, without its password, or is the address of a proxy", () => {
    fc.assert(
      fc.property(value, (text) => {
        const proxy = resolve("HTTPS_PROXY", text)?.proxy;
        if (proxy === undefined) return;
        const { protocol, hostname, pathname, search, hash, password } = new URL(proxy.url);
        expect(protocol).toMatch(/^https?:$/);
        expect(hostname).not.toBe("");
        expect(pathname + search + hash).toBe("/");
        expect(() => decodeURIComponent(password)).not.toThrow();
      }),
      { numRuns: 400 },
    );
  });
});

describe("TAIGA_CA_FILE", () => {
  const file = path.join(folder, "ca.pem");
  const piece = fc.oneof(
    fc.constantFrom(FIRST, SECOND, FIRST.slice(0, 300), FIRST.replace("A", "B"), "# ours\n"),
    fc.constantFrom("-----BEGIN CERTIFICATE-----\n", "-----END CERTIFICATE-----\n"),
    fc.string({ unit: "binary", maxLength: 20 }),
  );

  // @rule INPUT-13
  it("of any text is refused by name, or gives only complete certificates contained in it", () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 5 }), (pieces) => {
        writeFileSync(file, pieces.join("\n"));
        const ca = resolve("TAIGA_CA_FILE", file)?.ca;
        if (ca === undefined) return;
        expect(ca.length).toBeGreaterThan(0);
        for (const certificate of ca) {
          expect(pieces.join("\n")).toContain(certificate);
          expect(() => new X509Certificate(certificate)).not.toThrow();
        }
      }),
      { numRuns: 150 },
    );
  });
});
