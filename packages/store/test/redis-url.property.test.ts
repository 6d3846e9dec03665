import { ConfigurationError } from "@taiga-mcp/service";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isRedisUrl, toRedisAddress } from "../src/redis-url.ts";

const host = fc.oneof(fc.constantFrom("localhost", "10.0.0.1", "redis-1.svc"), fc.domain());
const port = fc.integer({ min: 1, max: 65_535 });
const text = fc
  .string({ unit: "binary", minLength: 1, maxLength: 12 })
  .filter((value) => value.isWellFormed());
const db = fc.nat(15);

describe("STORE_URL", () => {
  it("means the server, login and database that were written into it", () => {
    fc.assert(
      fc.property(host, port, text, text, db, (server, number, username, password, index) => {
        const login = `${encodeURIComponent(username)}:${encodeURIComponent(password)}`;
        expect(toRedisAddress(`redis://${login}@${server}:${number}/${index}`)).toEqual({
          host: server.toLowerCase(),
          port: number,
          db: index,
          username,
          password,
        });
      }),
    );
  });

  it("means all the Sentinels and the master that were written into it", () => {
    const servers = fc.array(fc.tuple(host, port), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(servers, text, text, db, (sentinels, name, password, index) => {
        const list = sentinels.map(([server, number]) => `${server}:${number}`).join(",");
        const url = `redis+sentinel://:${encodeURIComponent(password)}@${list}/${encodeURIComponent(name)}/${index}`;
        expect(toRedisAddress(url)).toEqual({
          sentinels: sentinels.map(([server, number]) => ({
            host: server.toLowerCase(),
            port: number,
          })),
          name,
          db: index,
          password,
          sentinelPassword: password,
        });
      }),
    );
  });

  // @rule INPUT-13
  it("of any other text is refused by name, without repeating the password in it", () => {
    const secret = "correct-horse-battery";
    const part = fc.constantFrom(
      "redis://",
      "rediss://",
      "redis+sentinel://",
      `:${secret}@`,
      `u:${secret}@`,
      `:${secret}%zz@`,
      "host",
      ",",
      ":6379",
      ":x",
      "/0",
      "/x",
      "?a=b",
      "#",
      "%",
      "%zz",
      " ",
      "[",
      "/",
    );
    const login = fc.constantFrom(`:${secret}%zz@`, `u:${secret}%@`, `${secret}@`, `u:${secret}@:`);
    const anyText = fc.oneof(
      fc
        .tuple(fc.constantFrom("redis://", "redis+sentinel://"), login, host)
        .map(([scheme, credentials, server]) => `${scheme}${credentials}${server}/m`),
      fc.array(part, { maxLength: 6 }).map((parts) => parts.join("")),
      fc.string({ unit: "binary" }).map((rest) => `redis://:${secret}@${rest}`),
      fc.string({ unit: "binary" }),
    );
    fc.assert(
      fc.property(anyText, (url) => {
        try {
          const { db: index = 0 } = toRedisAddress(url);
          expect(isRedisUrl(url)).toBe(true);
          expect(Number.isInteger(index)).toBe(true);
        } catch (error) {
          if (!(error instanceof ConfigurationError)) throw error;
          expect(error.message).toMatch(/^STORE_URL: must be /);
          expect(error.message).not.toContain(secret);
        }
      }),
      { numRuns: 300 },
    );
  });
});
