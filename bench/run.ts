// Compares the cost of our servers with bare ones, on this machine, at this moment: ratios, medians
// of interleaved rounds. Takes less than a minute and needs nothing but loopback; see
// docs/performance.md.
import process from "node:process";
import { obtainRedis } from "../tests/support/redis.ts";
import { measureCachedIntrospection } from "./cached-introspection.ts";
import { hello, introspection, login, mcp, refreshing } from "./contestants.ts";
import { race, type Score, startTarget, type Target } from "./race.ts";

const STORES = ["memory", "sqlite", "redis"];
const GET_ME = { name: "get_me", arguments: {} };

const started: Target[] = [];
const start = async (name: string, env: Record<string, string> = {}): Promise<Target> => {
  const target = await startTarget(name, env);
  started.push(target);
  return target;
};

/** @param baselineOf the row that each row is compared with. */
function print(scores: readonly Score[], baselineOf: (name: string) => string): void {
  const rows = scores.map(({ name, requestsPerSecond, cpuMicroseconds }) => {
    const baseline = scores.find((score) => score.name === baselineOf(name));
    const ratio = (baseline?.cpuMicroseconds ?? Number.NaN) / cpuMicroseconds;
    return [
      name.padEnd(30),
      requestsPerSecond.toFixed(0).padStart(7),
      cpuMicroseconds.toFixed(0).padStart(8),
      ratio.toFixed(2).padStart(7),
      (requestsPerSecond / (baseline?.requestsPerSecond ?? Number.NaN)).toFixed(2).padStart(9),
    ].join(" ");
  });
  console.log(["".padEnd(30), "  req/s   CPU µs   ratio   (req/s)"].join(" "));
  console.log(`${rows.join("\n")}\n`);
}

async function measureAuthServer(redisUrl: string | undefined): Promise<void> {
  const contestants = [hello(await start("express"))];
  for (const store of STORES.filter((name) => name !== "redis" || redisUrl !== undefined)) {
    const target = await start(store, { BENCH_REDIS_URL: redisUrl ?? "" });
    contestants.push(await introspection(store, target));
    contestants.push(await refreshing(store, target));
    contestants.push(await login(store, target));
  }
  const scores = await race(contestants, { rounds: 5, turnMs: 500 });
  print(scores, () => "bare Express: hello");
}

async function measureResourceServer(): Promise<void> {
  const [bare, ours] = [await start("bare-mcp"), await start("resource-server")];
  const contestants = [
    mcp("bare MCP: tools/list", bare, "tools/list"),
    mcp("tools/list", ours, "tools/list"),
    mcp("bare MCP: tools/call", bare, "tools/call", GET_ME),
    mcp("tools/call", ours, "tools/call", GET_ME),
  ];
  const scores = await race(contestants, { rounds: 5, turnMs: 500 });
  print(scores, (name) => (name.startsWith("bare") ? name : `bare MCP: ${name}`));
}

const redis = await obtainRedis();
try {
  console.log(`Node.js ${process.version}, ${process.platform} ${process.arch}`);
  console.log("ratio: CPU time of the bare server / ours; 1.00 costs nothing\n");
  if ("missing" in redis) console.log(`Without Redis: ${redis.missing}\n`);
  await measureAuthServer("missing" in redis ? undefined : redis.url);
  await measureResourceServer();
  const microseconds = await measureCachedIntrospection();
  console.log(`introspection from the cache: ${microseconds.toFixed(2)} µs of CPU`);
} finally {
  for (const target of started) target.stop();
  if (!("missing" in redis)) await redis.stop();
}
// Open keep-alive connections would delay the exit by seconds.
process.exit();
