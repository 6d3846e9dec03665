import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  createDocumentFetch,
  type DocumentFetch,
  LOOKUP_TIMEOUT_MS,
} from "../../src/clients/document-fetch.ts";
import { createNameResolver } from "@taiga-mcp/service";
import { isSpecialUseAddress } from "../../src/clients/special-use-address.ts";
import { type Answer, connect, createPkce, request, toAuthorizeParams } from "../support/client.ts";
import { type NameServer, startNameServer } from "../support/name-server.ts";
import { startSystem, type System } from "../support/system.ts";

const WAIT_MS = 60_000;

let nameServer: NameServer;
/** Look-ups that run now, and the most that ever ran at once. */
let running = { now: 0, most: 0 };
let documents: DocumentFetch;
let system: System;
beforeEach(async () => {
  nameServer = await startNameServer();
  running = { now: 0, most: 0 };
  const resolve = createNameResolver({
    timeoutMs: LOOKUP_TIMEOUT_MS,
    servers: [nameServer.address],
  });
  documents = createDocumentFetch({
    resolve: async (hostname) => {
      running.now += 1;
      running.most = Math.max(running.most, running.now);
      return await resolve(hostname).finally(() => (running.now -= 1));
    },
    isForbidden: isSpecialUseAddress,
  });
  system = await startSystem({
    fetchDocument: documents.fetch,
    settings: { TRUST_PROXY: "1" },
  });
});
afterEach(async () => {
  await system.close();
  await documents.close();
  nameServer.close();
});

/** Begins a login of a client whose document lies on a host that no name server knows. */
const openAt = (host: string, network: string): Promise<Answer> => {
  const params = toAuthorizeParams(`https://${host}/client`, createPkce());
  return request(`${system.issuer}/authorize?${params.toString()}`, {
    headers: { "x-forwarded-for": network },
  });
};

const inTurn = (count: number, open: (index: number) => Promise<Answer>): Promise<Answer[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => open(index)));

/** The hosts that were looked up. */
const asked = (): number => new Set(nameServer.queries).size;

describe("while the name server of client documents is silent", () => {
  // @rule CIMD-14
  it(
    "logins of registered clients go on, and few documents are looked up at once",
    async () => {
      let isFlooding = true;
      const flood = inTurn(40, (index) =>
        openAt(`a${index}.flood.test`, `192.0.2.${index}`),
      ).finally(() => (isFlooding = false));
      let logins = 0;
      while (isFlooding && logins < 10) {
        await connect(system);
        if (isFlooding) logins += 1;
      }
      expect(logins).toBeGreaterThanOrEqual(1);
      const answers = await flood;
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
      expect(answers.every(({ headers }) => headers.has("retry-after"))).toBe(true);
      expect(running).toEqual({ now: 0, most: 12 });
      const refused = answers.filter(({ text }) => text.includes("Too many such documents"));
      expect(refused).toHaveLength(40 - asked());
    },
    WAIT_MS,
  );

  // @rule CIMD-14
  it(
    "one network cannot occupy all look-ups",
    async () => {
      const flood = inTurn(20, (index) => openAt(`b${index}.flood.test`, "192.0.2.1"));
      const other = await openAt("apps.test", "198.51.100.1");
      expect(other.text).toContain("Its host does not answer");
      await flood;
      expect(nameServer.queries).toContain("apps.test");
      expect(running.most).toBeLessThanOrEqual(3);
    },
    WAIT_MS,
  );

  // @rule CIMD-14
  it(
    "a place is free again once a fetch has ended",
    async () => {
      await inTurn(3, (index) => openAt(`c${index}.flood.test`, "192.0.2.1"));
      const later = await openAt("apps.test", "192.0.2.1");
      expect(later.text).toContain("Its host does not answer");
    },
    WAIT_MS,
  );
});
