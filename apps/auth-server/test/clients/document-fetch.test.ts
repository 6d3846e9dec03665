import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createDocumentFetch } from "../../src/clients/document-fetch.ts";
import { isSpecialUseAddress } from "../../src/clients/special-use-address.ts";
import { type DocumentHost, startDocumentHost } from "../support/document-host.ts";

let host: DocumentHost;
beforeEach(async () => {
  host = await startDocumentHost();
});
afterEach(() => host.close());

const refused = { code: "refused" };
const unreachable = { code: "unreachable" };

describe("fetching a document", () => {
  it("returns its text and how long it may be cached", async () => {
    const url = host.publish("/client", {}, { headers: { "cache-control": "max-age=600" } });
    const { text, cacheHeaders } = await host.fetch(url);
    expect(JSON.parse(text)).toMatchObject({ client_id: url });
    expect(cacheHeaders).toEqual({ "cache-control": "max-age=600" });
  });

  // @rule CIMD-7
  it.each([
    ["this machine", "127.0.0.2"],
    ["a private network", "10.1.2.3"],
    ["a cloud's metadata service", "169.254.169.254"],
    ["IPv4-mapped IPv6", "::ffff:10.0.0.1"],
    ["NAT64", "64:ff9b::a00:1"],
    ["6to4", "2002:a00:1::1"],
    ["a unique local address", "fd00::1"],
  ])("is refused when the name resolves to %s, and nothing is sent", async (_what, address) => {
    const url = host.publish("/client");
    host.addresses = [[address]];
    await expect(host.fetch(url)).rejects.toMatchObject(refused);
    host.addresses = [["127.0.0.1", address]];
    await expect(host.fetch(url)).rejects.toMatchObject(refused);
    expect(host.requests).toEqual([]);
  });

  // @rule CIMD-7
  it("connects to the address that it checked, although the name resolves to another one a moment later", async () => {
    const url = host.publish("/client");
    host.addresses = [["127.0.0.1"], ["10.0.0.1"]];
    await expect(host.fetch(url)).resolves.toBeDefined();
    expect(host.lookups).toEqual(["apps.test"]);
    host.addresses = [["10.0.0.1"], ["127.0.0.1"]];
    await expect(host.fetch(host.url("/client", "other.apps.test"))).rejects.toMatchObject(refused);
    expect(host.requests).toEqual(["/client"]);
  });

  // @rule CIMD-7
  it.each(["https://127.0.0.1/client", "https://[::1]/client", "https://[::ffff:a00:1]/client"])(
    "is refused at the IP address %s, without a DNS lookup",
    async (url) => {
      const real = createDocumentFetch({
        resolve: () => Promise.reject(new Error("There is no name.")),
        isForbidden: isSpecialUseAddress,
      });
      await expect(real.fetch(url)).rejects.toMatchObject(refused);
      await real.close();
    },
  );

  // @rule CIMD-7
  it("does not follow a redirect, not even to the same host", async () => {
    host.publish("/target");
    const url = host.publish("/client", {}, { status: 302, headers: { location: "/target" } });
    await expect(host.fetch(url)).rejects.toMatchObject(refused);
    expect(host.requests).toEqual(["/client"]);
  });

  // @rule CIMD-9
  it.each([
    ["another status", { status: 404 }],
    ["no content", { status: 204 }],
    ["HTML", { headers: { "content-type": "text/html" } }],
    ["scripts", { headers: { "content-type": "application/jsonp" } }],
    ["more than 16 kB", { body: { padding: "x".repeat(17_000) } }],
    [
      "more than 16 kB in pieces",
      { body: "x".repeat(40_000), headers: { "transfer-encoding": "chunked" } },
    ],
  ])("is refused for %s", async (_what, reply) => {
    await expect(host.fetch(host.publish("/client", {}, reply))).rejects.toMatchObject(refused);
  });

  it("accepts a specific JSON media type", async () => {
    const headers = { "content-type": "application/client-metadata+json; charset=utf-8" };
    const url = host.publish("/client", {}, { headers });
    await expect(host.fetch(url)).resolves.toBeDefined();
  });

  it.each([500, 503, 429])("is an outage for status %i, which may be over soon", async (status) => {
    const url = host.publish("/client", {}, { status });
    await expect(host.fetch(url)).rejects.toMatchObject(unreachable);
  });

  it("is an outage when the connection breaks, and when the certificate is not trusted", async () => {
    const url = host.publish("/client");
    host.isDown = true;
    await expect(host.fetch(url)).rejects.toMatchObject(unreachable);
    host.isDown = false;
    await expect(host.fetch(host.url("/client", "other.test"))).rejects.toMatchObject(unreachable);
    expect(host.requests).toEqual(["/client"]);
  });

  // @rule CIMD-9
  it("ends after three seconds, both without a response and with one that trickles forever", async () => {
    const drip = host.publish("/drip", {}, { isDripping: true });
    const url = host.publish("/client", {}, { isSilent: true });
    const mute = createDocumentFetch({
      resolve: () => new Promise(() => {}),
      isForbidden: isSpecialUseAddress,
    });
    const started = Date.now();
    await Promise.all([
      expect(host.fetch(url)).rejects.toMatchObject(unreachable),
      expect(host.fetch(drip)).rejects.toMatchObject(unreachable),
      expect(mute.fetch("https://mute.apps.test/client")).rejects.toMatchObject(unreachable),
    ]);
    await mute.close();
    // It would take six seconds if each step had three seconds of its own.
    expect(Date.now() - started).toBeLessThan(5_500);
  });

  // @rule CIMD-8
  it("does not reveal anything about the internal network", async () => {
    const url = host.publish("/client");
    host.addresses = [["10.1.2.3"]];
    const error: unknown = await host.fetch(url).catch((thrown: unknown) => thrown);
    expect(String(error)).not.toContain("10.1.2.3");
  });
});
