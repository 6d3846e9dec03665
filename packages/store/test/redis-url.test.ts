import { ConfigurationError } from "@taiga-mcp/service";
import { describe, expect, it } from "vitest";
import { isRedisUrl, toRedisAddress } from "../src/redis-url.ts";

const LOCAL = { host: "127.0.0.1", port: 6379, db: 0 };

describe("isRedisUrl", () => {
  it.each(["redis://h", "rediss://h", "redis+sentinel://h/m", "rediss+sentinel://h/m"])(
    "knows %s",
    (url) => expect(isRedisUrl(url)).toBe(true),
  );

  it.each(["", "sqlite:", "redis:h", "redis+tls://h", "sentinel://h/m", "xredis://h"])(
    "does not take %j for a Redis",
    (url) => expect(isRedisUrl(url)).toBe(false),
  );
});

describe("toRedisAddress", () => {
  it.each([
    ["redis://127.0.0.1", LOCAL],
    ["redis://127.0.0.1/", LOCAL],
    ["redis://127.0.0.1:6380/7", { ...LOCAL, port: 6380, db: 7 }],
    ["redis://[::1]:6380", { ...LOCAL, host: "::1", port: 6380 }],
    ["redis://:p%40ss@127.0.0.1", { ...LOCAL, password: "p@ss" }],
    ["redis://us%3Aer:pass@127.0.0.1", { ...LOCAL, username: "us:er", password: "pass" }],
    ["rediss://127.0.0.1", { ...LOCAL, tls: {} }],
  ])("reads %s", (url, address) => expect(toRedisAddress(url)).toEqual(address));

  it("reads the Sentinels and the name of the master", () => {
    expect(toRedisAddress("redis+sentinel://one:26380,two,[::1]:26381/my%2Fmaster")).toEqual({
      sentinels: [
        { host: "one", port: 26_380 },
        { host: "two", port: 26_379 },
        { host: "::1", port: 26_381 },
      ],
      name: "my/master",
      db: 0,
    });
  });

  it("logs in at servers and Sentinels, where the user name is the servers' only", () => {
    expect(toRedisAddress("redis+sentinel://user:p%40%2Fss@one/mymaster/3")).toEqual({
      sentinels: [{ host: "one", port: 26_379 }],
      name: "mymaster",
      db: 3,
      username: "user",
      password: "p@/ss",
      sentinelPassword: "p@/ss",
    });
  });

  it("uses TLS for servers and Sentinels alike, so that no password travels in the clear", () => {
    expect(toRedisAddress("rediss+sentinel://:pass@one/mymaster")).toMatchObject({
      tls: {},
      sentinelTLS: {},
      enableTLSForSentinelMode: true,
    });
  });

  it.each([
    ["redis://user@127.0.0.1", { ...LOCAL, username: "user", password: "a/b@c" }],
    ["redis://user:own@127.0.0.1", { ...LOCAL, username: "user", password: "own" }],
    ["redis://:own@127.0.0.1", { ...LOCAL, password: "own" }],
    ["redis://127.0.0.1", LOCAL],
  ])("gives the user of %s the password of STORE_PASSWORD, if it has none of its own", (...row) => {
    const [url, address] = row;
    expect(toRedisAddress(url, "a/b@c")).toEqual(address);
  });

  it("gives the user of a Sentinel URL the password of STORE_PASSWORD", () => {
    const address = toRedisAddress("redis+sentinel://user@one/mymaster", "a/b@c");
    const login = { username: "user", password: "a/b@c", sentinelPassword: "a/b@c" };
    expect(address).toMatchObject(login);
  });

  it.each([
    "redis://",
    "redis://:hunter2@",
    "redis://user:hunter2@host:port",
    "redis://host/hunter2",
    "redis://host/1/2",
    "redis://host?password=hunter2",
    "redis://hunter2@host", // a password taken for a user name would not log in
    "redis://:%hunter2@host",
    "redis+sentinel://",
    "redis+sentinel://host",
    "redis+sentinel://host/",
    "redis+sentinel://host/mymaster/",
    "redis+sentinel://host/mymaster/hunter2",
    "redis+sentinel:///mymaster",
    "redis+sentinel://one,,two/mymaster",
    "redis+sentinel://one:port/mymaster",
    "redis+sentinel://one/mymaster?password=hunter2",
    "redis+sentinel://hunter2@one/mymaster",
    "redis+sentinel://user:@one/mymaster",
    "redis+sentinel://:hunt@er2@one/mymaster",
    "redis+sentinel://:%hunter2@one/mymaster",
  ])("refuses %s without repeating it, because it may hold a password", (url) => {
    const read = (): unknown => toRedisAddress(url);
    expect(read).toThrow(ConfigurationError);
    expect(read).toThrow(/^STORE_URL: must be a URL such as redis/);
    expect(read).not.toThrow(/hunter2/);
  });
});
