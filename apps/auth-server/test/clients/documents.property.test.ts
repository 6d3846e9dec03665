import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toDocumentMetadata } from "../../src/clients/document-metadata.ts";
import { findDocumentUrlFault } from "../../src/clients/document-url.ts";
import { isSpecialUseAddress } from "../../src/clients/special-use-address.ts";
import { ClientDocumentError } from "../../src/engine/boundary/client-document-error.ts";
import { findRedirectUriFault } from "../../src/clients/redirect-uri.ts";

/** Parts that URL parsers have disagreed about, combined at random. */
const address = fc.oneof(
  fc
    .tuple(
      fc.constantFrom("https://", "https://", "HTTPS://", "http://", "https:", "https:\\\\"),
      fc.constantFrom("", "", "user@", "a.example@", "a.example\\@", ":@"),
      fc.constantFrom("a.example", "A.example", "a.example.", "evil.example", "x.evil.example"),
      fc.constantFrom("", "", ".", ":443", ":8443", ":", "%2e", "\t"),
      fc.constantFrom(
        "/client",
        "/client?v=2",
        "/",
        "",
        "/a/../client",
        "/%2e%2e/c",
        "/c#",
        "/c d",
      ),
    )
    .map((parts) => parts.join("")),
  fc.webUrl({ withQueryParameters: true, withFragments: true }),
  fc.ipV4().map((ip) => `https://${ip}/client`),
  fc.ipV6().map((ip) => `https://[${ip}]/client`),
  fc.string({ unit: "binary", maxLength: 40 }),
);

/** The result of a parser that follows RFC 3986 appendix B and repairs nothing. */
const PLAIN = /^https:\/\/(?<authority>[^/?#]*)(?<path>[^?#]*)/;

describe("any text as the address of a client's document", () => {
  // @rule CIMD-3 INPUT-3
  it("means one host to every parser when it is accepted, by domain name and over TLS", () => {
    fc.assert(
      fc.property(address, (text) => {
        if (findDocumentUrlFault(text, { allowed: [], denied: [] }) !== undefined) return;
        const url = new URL(text);
        expect(url.href).toBe(text);
        expect(PLAIN.exec(text)?.groups).toEqual({ authority: url.host, path: url.pathname });
        expect(url.hostname).not.toMatch(/^[\d.]+$|\[/);
        expect(url.pathname.length).toBeGreaterThan(1);
      }),
      { numRuns: 400 },
    );
  });

  // @rule CIMD-10
  it("is on an allowed host when a list is set, and never on a denied host", () => {
    const hosts = {
      allowed: ["a.example", "*.example"],
      denied: ["evil.example", "*.evil.example"],
    };
    fc.assert(
      fc.property(address, (text) => {
        if (findDocumentUrlFault(text, hosts) !== undefined) return;
        const host = new URL(text).hostname.replace(/\.$/, "");
        expect(host).toMatch(/\.example$/);
        expect(host).not.toMatch(/(^|\.)evil\.example$/);
      }),
      { numRuns: 400 },
    );
  });
});

/** A number of 32 bits as an IPv4 address. */
const toIpv4 = (bits: number): string =>
  [24, 16, 8, 0].map((shift) => (bits >>> shift) & 0xff).join(".");
const inNetwork = (first: number, prefix: number) =>
  fc.nat(2 ** (32 - prefix) - 1).map((host) => ((first | host) >>> 0) as number);

describe("an address that a name resolves to", () => {
  // @rule CIMD-7
  it("never belongs to this machine or its networks, in any IPv6 form that embeds an IPv4 address", () => {
    const inside = fc.oneof(
      inNetwork(0x7f_00_00_00, 8),
      inNetwork(0x0a_00_00_00, 8),
      inNetwork(0xac_10_00_00, 12),
      inNetwork(0xc0_a8_00_00, 16),
      inNetwork(0xa9_fe_00_00, 16),
      inNetwork(0x64_40_00_00, 10),
    );
    fc.assert(
      fc.property(inside, (bits) => {
        const ipv4 = toIpv4(bits);
        const [high, low] = [bits >>> 16, bits & 0xff_ff].map((half) => half.toString(16));
        for (const text of [
          ipv4,
          `::ffff:${ipv4}`,
          `::ffff:${high}:${low}`,
          `::${ipv4}`,
          `64:ff9b::${ipv4}`,
          `64:ff9b:1::${ipv4}`,
          `2002:${high}:${low}::1`,
          `2001:0:${high}:${low}::1`,
        ]) {
          expect([text, isSpecialUseAddress(text)]).toEqual([text, true]);
        }
      }),
    );
  });

  // @rule INPUT-3
  it("is public for IPv6 in 2000::/3 only, and never for text that is not an address", () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV6(), fc.string({ maxLength: 20 })), (text) => {
        if (isSpecialUseAddress(text)) return;
        // A short number without colons may be an IPv4 address.
        expect(text).toMatch(/^([23][\da-f]{3}:|\d+\.\d+\.\d+\.\d+$)/i);
      }),
      { numRuns: 400 },
    );
  });
});

const URL_OF_DOCUMENT = "https://apps.example/client";
const anything = fc.jsonValue({ maxDepth: 2 });
const member = <Value>(good: fc.Arbitrary<Value>) =>
  fc.oneof({ weight: 6, arbitrary: good }, { weight: 1, arbitrary: anything });
const uri = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom("http://localhost/cb", "https://apps.example/cb") },
  { weight: 1, arbitrary: fc.constantFrom("data:x", "http://a.example/cb", "") },
);
const document = fc.record(
  {
    client_id: member(fc.constantFrom(URL_OF_DOCUMENT, URL_OF_DOCUMENT, `${URL_OF_DOCUMENT}/`)),
    client_name: member(fc.string({ unit: "binary", maxLength: 40 })),
    redirect_uris: member(fc.array(uri, { minLength: 1, maxLength: 3 })),
    token_endpoint_auth_method: member(fc.constantFrom("none", "client_secret_post")),
    jwks_uri: fc.constant("http://169.254.169.254/"),
    logo_uri: fc.constant("http://169.254.169.254/"),
    application_type: fc.constant("web"),
    scope: fc.constant("openid"),
  },
  { requiredKeys: ["client_id", "client_name", "redirect_uris"] },
);
const text = fc.oneof(
  { weight: 6, arbitrary: document.map((value) => JSON.stringify(value)) },
  { weight: 1, arbitrary: fc.json({ maxDepth: 2 }) },
  { weight: 1, arbitrary: fc.string({ unit: "binary" }) },
);

describe("any text as a client's document", () => {
  // @rule CIMD-4 INPUT-3
  it("describes a native client without a shared secret at its own address, or is refused as a document", () => {
    let taken = 0;
    fc.assert(
      fc.property(text, (sent) => {
        const metadata = read(sent);
        if (metadata === undefined) return;
        taken += 1;
        expect(metadata.client_id).toBe(URL_OF_DOCUMENT);
        expect(JSON.parse(sent)).toHaveProperty("client_id", URL_OF_DOCUMENT);
        expect(metadata.application_type).toBe("native");
        expect(["none", "private_key_jwt"]).toContain(metadata.token_endpoint_auth_method);
        for (const uri of metadata.redirect_uris) expect(findRedirectUriFault(uri)).toBeUndefined();
        // No member that the engine would fetch or check the request against.
        for (const name of ["jwks_uri", "logo_uri", "scope", "client_uri"]) {
          expect(metadata).not.toHaveProperty(name);
        }
      }),
      { numRuns: 300 },
    );
    expect(taken).toBeGreaterThan(0);
  });
});

/** `undefined` when the document is refused with the expected error. */
function read(sent: string): ReturnType<typeof toDocumentMetadata> | undefined {
  try {
    return toDocumentMetadata(sent, URL_OF_DOCUMENT);
  } catch (error) {
    if (!(error instanceof ClientDocumentError)) throw error;
    expect(error.code).toBe("refused");
    return undefined;
  }
}
