import { expect, it } from "vitest";
import { toWeaknesses } from "../src/redis-server.ts";

it.each([
  ["aof_enabled:1\r\nmaxmemory_policy:noeviction\r\n", []],
  ["aof_enabled:0\r\nmaxmemory_policy:noeviction\r\n", ["forgets"]],
  ["aof_enabled:1\r\nmaxmemory_policy:allkeys-lru\r\n", ["evicts"]],
  ["aof_enabled:0\r\nmaxmemory_policy:volatile-ttl\r\n", ["forgets", "evicts"]],
  ["used_memory:1024\r\n", []],
])(
  "reads off %j what a server is set up to lose, and suspects nothing it does not say",
  (info, weaknesses) => {
    expect(toWeaknesses(info)).toEqual(weaknesses);
  },
);
