import { setTimeout as delay } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { createNameResolver } from "@taiga-mcp/service";
import { type NameServer, startNameServer } from "../support/name-server.ts";

let nameServer: NameServer;
afterEach(() => nameServer.close());

const resolveWith = (timeoutMs: number) =>
  createNameResolver({ timeoutMs, servers: [nameServer.address] });

describe("the resolver of client metadata documents", () => {
  it("returns all addresses of a name, also when one family has none", async () => {
    nameServer = await startNameServer({ "apps.test": ["198.51.100.7", "198.51.100.8"] });
    await expect(resolveWith(20_000)("apps.test")).resolves.toEqual([
      { address: "198.51.100.7", family: 4 },
      { address: "198.51.100.8", family: 4 },
    ]);
  });

  // @rule CIMD-14
  it("gives up at its time limit and asks nothing more, when the name server is silent", async () => {
    nameServer = await startNameServer();
    const started = Date.now();
    await expect(resolveWith(300)("apps.test")).rejects.toMatchObject({ code: "ECANCELLED" });
    expect(Date.now() - started).toBeLessThan(5_000);
    const asked = nameServer.queries.length;
    expect(asked).toBeGreaterThan(0);
    await delay(700);
    expect(nameServer.queries).toHaveLength(asked);
  });

  // @rule CIMD-7
  it.each(["localhost", "LOCALHOST", "app.localhost", "localhost."])(
    "knows that %s is this machine, without asking",
    async (name) => {
      nameServer = await startNameServer({ [name]: ["198.51.100.7"] });
      const addresses = await resolveWith(20_000)(name);
      expect(addresses.map(({ address }) => address)).toEqual(["127.0.0.1", "::1"]);
      expect(nameServer.queries).toEqual([]);
    },
  );
});
