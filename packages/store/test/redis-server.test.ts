import { expect, it } from "vitest";
import { toCondition } from "../src/redis-server.ts";

const NONE: string[] = [];

// @rule STORE-12
it.each([
  ["aof_enabled:1\r\nmaxmemory_policy:noeviction\r\n", NONE, NONE],
  ["aof_enabled:0\r\nmaxmemory_policy:noeviction\r\n", ["forgets"], NONE],
  ["aof_enabled:1\r\naof_last_write_status:err\r\nmaxmemory:0\r\n", ["forgets"], NONE],
  ["aof_enabled:1\r\nmaxmemory:0\r\nmaxmemory_policy:allkeys-lru\r\n", NONE, NONE],
  ["aof_enabled:1\r\nmaxmemory:1000\r\nmaxmemory_policy:allkeys-lru\r\n", ["evicts"], NONE],
  // A limit that the server does not tell.
  ["aof_enabled:1\r\nmaxmemory_policy:allkeys-lru\r\n", ["evicts"], NONE],
  ["aof_enabled:0\r\nmaxmemory_policy:volatile-ttl\r\n", ["forgets", "evicts"], NONE],
  ["aof_enabled:1\r\nused_memory:1024\r\n", NONE, ["evicts"]],
  ["used_memory:1024\r\n", NONE, ["forgets", "evicts"]],
])("reads from %j what a server is set up to lose, and what it does not tell", (...row) => {
  const [info, weaknesses, unknown] = row;
  expect(toCondition(info)).toEqual({ weaknesses, unknown });
});
