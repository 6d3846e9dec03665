import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findRedirectUriFault } from "../../src/clients/redirect-uri.ts";

/** Parts that have misled parsers of redirect URIs, combined at random. */
const scheme = fc.constantFrom(
  "https:",
  "http:",
  "HTTP:",
  "javascript:",
  "data:",
  "com.example.app:",
  "cursor:",
  "myapp:",
);
const slashes = fc.constantFrom("//", "//", "//", "", "/", "///", "\\\\", "/\\");
const userinfo = fc.constantFrom("", "", "", "user@", "user:pw@", "localhost@", "@", ":@");
const host = fc.oneof(
  fc.constantFrom("localhost", "LOCALHOST", "127.0.0.1", "[::1]", "127.1", "0x7f.1", "2130706433"),
  fc.constantFrom("localhost.", "[0:0:0:0:0:0:0:1]", "0.0.0.0", "l%6fcalhost", "a.example", ""),
  fc.constantFrom("localhost.a.example", "127.0.0.1.a.example", "a%2eexample", "a.example."),
);
const port = fc.constantFrom("", "", ":80", ":443", ":8080", ":", ":x", ":99999");
const path = fc.oneof(
  fc.constantFrom("", "/", "/cb", "/cb?x=1", "/cb#", "/cb#x", "?x", "/a/../cb", "/%0d%0a", "/@b"),
  fc.string({ unit: "grapheme", maxLength: 8 }).map((text) => `/${text}`),
);
const uri = fc.tuple(scheme, slashes, userinfo, host, port, path).map((parts) => parts.join(""));
const accepted = fc
  .oneof(uri, fc.webUrl(), fc.string({ maxLength: 30 }))
  .filter((text) => findRedirectUriFault(text) === undefined);

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/** The result of a parser that follows RFC 3986 appendix B and repairs nothing. */
const PLAIN = /^(?<scheme>[^:/?#]+):(?:\/\/(?<authority>[^/?#]*))?(?<path>[^?#]*)/;

describe("a redirect URI that may be registered", () => {
  // @rule RFC9700-4.1-1 INPUT-1
  it("means the same target to a parser that repairs URLs and to one that does not", () => {
    fc.assert(
      fc.property(accepted, (text) => {
        const url = new URL(text);
        const { scheme: plainScheme, authority } = PLAIN.exec(text)?.groups ?? {};
        expect(plainScheme?.toLowerCase()).toBe(url.protocol.slice(0, -1));
        if (!/^https?:$/.test(url.protocol)) return;
        expect(authority?.toLowerCase().replace(/:\d*$/, "")).toBe(url.hostname);
      }),
    );
  });

  // @rule RFC8252-7-1
  it("uses TLS, stays on this machine, or opens a program with a private-use scheme", () => {
    fc.assert(
      fc.property(accepted, (text) => {
        const { protocol, hostname, username, password } = new URL(text);
        expect(username + password).toBe("");
        if (protocol === "https:") return;
        if (protocol === "http:") expect(LOOPBACK).toContain(hostname);
        else expect(protocol).toMatch(/\.|^cursor:$/);
      }),
    );
  });

  // @rule RFC9700-4.1-1
  it("has no fragment and no character that could end a line or a header", () => {
    fc.assert(
      fc.property(accepted, (text) => {
        expect(text).toMatch(/^[\x21-\x7e]+$/);
        expect(text).not.toMatch(/[#\\]/);
      }),
    );
  });
});

describe("any other text", () => {
  // @rule INPUT-1
  it("is refused with a reason, never with an exception", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
        const fault = findRedirectUriFault(text);
        if (fault === undefined) expect(URL.canParse(text)).toBe(true);
        else expect(fault).toMatch(/^(is|may|must|uses) [\x20-\x7e]+$/);
      }),
    );
  });
});
