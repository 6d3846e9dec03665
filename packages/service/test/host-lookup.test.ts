import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import dns from "node:dns";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { createHostLookup, replaceSystemLookup } from "../src/host-lookup.ts";
import type { LookUp } from "../src/name-resolver.ts";

const SYSTEM_ADDRESS = { address: "198.51.100.9", family: 4 };

/** @param response what the name server does with a query; by default it is silent. */
async function startNameServer(respond: (query: Buffer) => Buffer | undefined = () => undefined) {
  const queries: Buffer[] = [];
  const socket = createSocket("udp4").on("message", (query, { port, address }) => {
    queries.push(query);
    const response = respond(query);
    if (response !== undefined) socket.send(response, port, address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  onTestFinished(() => void socket.close());
  return { servers: [`127.0.0.1:${socket.address().port}`], queries };
}

/** RFC 1035 §4.1.1: a response with this code and no records. */
const answerWith = (code: number) => (query: Buffer) => {
  const response = Buffer.from(query);
  response.writeUInt16BE(0x8180 | code, 2);
  return response;
};
const NO_SUCH_NAME = answerWith(3);

/** An IPv4 address; nothing for IPv6, as some servers do. */
const ONLY_IPV4 = (query: Buffer): Buffer | undefined => {
  const isIpv4 = query.readUInt16BE(query.indexOf(0, 12) + 1) === 1;
  if (!isIpv4) return undefined;
  const question = query.subarray(0, query.indexOf(0, 12) + 5);
  const response = Buffer.from(question);
  response.writeUInt16BE(0x8180, 2);
  response.writeUInt16BE(1, 6);
  response.writeUInt32BE(0, 8);
  return Buffer.concat([
    response,
    Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 127, 0, 0, 1]),
  ]);
};

function newHostsFile(text: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), "hosts-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(path.join(folder, "hosts"), text);
  return path.join(folder, "hosts");
}

const createSystem = () => vi.fn<LookUp>(async () => [SYSTEM_ADDRESS]);

describe("createHostLookup", () => {
  // @rule OUTAGE-20
  it("gives up on a silent name server, and does not let a thread wait for it", async () => {
    const system = createSystem();
    const { servers, queries } = await startNameServer();
    const lookUp = createHostLookup({ servers, timeoutMs: 200, system });
    await expect(lookUp("redis.test")).rejects.toMatchObject({
      code: expect.stringMatching(/^(ECANCELLED|ETIMEOUT)$/),
    });
    expect(queries.length).toBeGreaterThan(0);
    expect(system).not.toHaveBeenCalled();
  });

  // @rule OUTAGE-20
  it("finds what /etc/hosts names, without asking", async () => {
    const { servers, queries } = await startNameServer();
    const hostsFile = newHostsFile(
      "127.0.0.1 localhost\n# 192.0.2.1 redis\n2001:db8::7 Redis\n198.51.100.7\tother redis # ours\n",
    );
    const lookUp = createHostLookup({ servers, hostsFile, system: createSystem() });
    expect(await lookUp("redis")).toEqual([
      { address: "198.51.100.7", family: 4 },
      { address: "2001:db8::7", family: 6 },
    ]);
    expect(queries).toEqual([]);
  });

  // @rule OUTAGE-20
  it("asks the operating system for a name that DNS does not know", async () => {
    const { servers } = await startNameServer(NO_SUCH_NAME);
    const lookUp = createHostLookup({ servers, timeoutMs: 20_000, system: createSystem() });
    expect(await lookUp("printer.local")).toEqual([SYSTEM_ADDRESS]);
  });

  it("does not wait for the second family once the first is found", async () => {
    const { servers } = await startNameServer(ONLY_IPV4);
    const system = createSystem();
    const lookUp = createHostLookup({ servers, timeoutMs: 60_000, system });
    expect(await lookUp("taiga.test")).toEqual([{ address: "127.0.0.1", family: 4 }]);
    expect(system).not.toHaveBeenCalled();
  });

  it.each([
    ["127.0.0.1", [{ address: "127.0.0.1", family: 4 }]],
    ["::1", [{ address: "::1", family: 6 }]],
  ])("takes the address %s as it is", async (address, found) => {
    const lookUp = createHostLookup({ system: createSystem(), hostsFile: "/nowhere" });
    expect(await lookUp(address)).toEqual(found);
  });
});

describe("replaceSystemLookup", () => {
  // @rule OUTAGE-20
  it("is used by fetch, and by every other connection", async () => {
    const original = dns.lookup;
    onTestFinished(() => {
      dns.lookup = original;
    });
    const lookUp = vi.fn<LookUp>(async () => [
      { address: "127.0.0.1", family: 4 },
      { address: "::1", family: 6 },
    ]);
    replaceSystemLookup(lookUp);
    const server = createServer((_req, res) => res.end("here"));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    expect(await (await fetch(`http://authorization-server.test:${port}`)).text()).toBe("here");
    expect(lookUp).toHaveBeenCalledWith("authorization-server.test");
  });

  it.each([
    [{ family: 6 }, ["::1", 6]],
    [{ family: "IPv4" as const }, ["127.0.0.1", 4]],
    [6, ["::1", 6]],
    [{}, ["127.0.0.1", 4]],
  ])("answers the options %j as Node.js does", async (options, expected) => {
    const original = dns.lookup;
    onTestFinished(() => {
      dns.lookup = original;
    });
    replaceSystemLookup(async () => [
      { address: "127.0.0.1", family: 4 },
      { address: "::1", family: 6 },
    ]);
    const answer = await new Promise((resolve) => {
      dns.lookup("any.test", options as dns.LookupOneOptions, (_error, address, family) =>
        resolve([address, family]),
      );
    });
    expect(answer).toEqual(expected);
  });

  it("passes on that a name is not found", async () => {
    const original = dns.lookup;
    onTestFinished(() => {
      dns.lookup = original;
    });
    replaceSystemLookup(async () => {
      throw Object.assign(new Error("gone"), { code: "ENOTFOUND" });
    });
    await expect(fetch("http://nothing.test")).rejects.toMatchObject({
      cause: { code: "ENOTFOUND" },
    });
  });
});
