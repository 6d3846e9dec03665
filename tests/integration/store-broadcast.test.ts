import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import {
  afterAll,
  beforeAll,
  beforeEach,
  describe,
  expect,
  inject,
  it,
  onTestFinished,
  vi,
} from "vitest";
import { createLogger, UnavailableError } from "../../packages/service/src/index.ts";
import { openBroadcast, type Broadcast } from "../../packages/store/src/index.ts";
import { createRedisBroadcast } from "../../packages/store/src/redis-broadcast.ts";
import { broadcastContract, createWitness } from "../../packages/store/test/broadcast.contract.ts";
import { createTcpProxy, type TcpProxy } from "../support/tcp-proxy.ts";

const redisUrl = inject("redisUrl");
const run = `test:${randomUUID()}:`;

/**
 * How long a listener may wait until it knows that the connection is dead: two seconds on an
 * idle machine. Without a time limit on the probe it would be six.
 */
const DETECTION_MS = 5_500;
/** How long a caller may have to wait: one second on an idle machine, five without a time limit. */
const ANSWER_MS = 4_500;

describe.skipIf(redisUrl === undefined)("the Redis broadcast", () => {
  const url = redisUrl ?? "";
  let redis: Redis;

  beforeAll(() => {
    redis = new Redis(url);
  });

  afterAll(async () => {
    for await (const keys of redis.scanStream({ match: `${run}*`, count: 1_000 })) {
      if ((keys as string[]).length > 0) await redis.unlink(keys as string[]);
    }
    await redis.quit();
  });

  const newPrefix = (): string => `${run}${randomUUID()}:`;

  async function open(at: string, prefix: string): Promise<Broadcast> {
    const broadcast = await createRedisBroadcast({ url: at, prefix });
    onTestFinished(() => broadcast.close());
    return broadcast;
  }

  async function join(broadcast: Broadcast) {
    const witness = createWitness();
    broadcast.subscribe(witness);
    await expect.poll(() => witness.heard).toEqual(["restored"]);
    return witness;
  }

  broadcastContract("createRedisBroadcast", async () => {
    const prefix = newPrefix();
    const [here, there] = await Promise.all([
      createRedisBroadcast({ url, prefix }),
      createRedisBroadcast({ url, prefix }),
    ]);
    return { here, there };
  });

  it("keeps services and databases apart, although a Redis server shares its channels among all databases", async () => {
    const prefix = newPrefix();
    const elsewhere = new URL(url);
    elsewhere.pathname = "/1";
    onTestFinished(async () => {
      const other = new Redis(elsewhere.href);
      await other.unlink(`${prefix}schema`);
      await other.quit();
    });
    const same = await join(await open(url, prefix));
    const service = await join(await open(url, newPrefix()));
    const database = await join(await open(elsewhere.href, prefix));
    await (await open(url, prefix)).publish("hello");
    await expect.poll(same.messages).toEqual(["hello"]);
    expect([...service.messages(), ...database.messages()]).toEqual([]);
  });

  it("writes nothing to the store", async () => {
    const prefix = newPrefix();
    const broadcast = await open(url, prefix);
    await broadcast.publish("hello");
    expect(await redis.keys(`${prefix}*`)).toEqual([`${prefix}schema`]);
  });

  // Through a proxy, because the tests may not stop a foreign server; the proxy cannot do TLS.
  describe.skipIf(url.startsWith("rediss:"))("when the connection is lost", () => {
    let proxy: TcpProxy;
    let throughProxy: string;

    beforeAll(async () => {
      const target = new URL(url);
      proxy = await createTcpProxy({ host: target.hostname, port: Number(target.port || 6379) });
      target.host = `127.0.0.1:${proxy.port}`;
      throughProxy = target.href;
    });

    beforeEach(() => proxy.restore());

    afterAll(() => proxy.close());

    it("reports a closed connection at once and only once, and reconnects by itself", async () => {
      const prefix = newPrefix();
      const sender = await open(url, prefix);
      // The regular probe never runs, so only the closed connection reveals the loss.
      vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
      onTestFinished(() => void vi.useRealTimers());
      const listener = await join(await open(throughProxy, prefix));

      const from = Date.now();
      await proxy.cut();
      await expect.poll(() => listener.heard, { interval: 5 }).toEqual(["restored", "lost"]);
      expect(Date.now() - from).toBeLessThan(2_000);
      await sender.publish("missed");
      await sleep(1_500); // several attempts to reconnect
      expect(listener.heard).toEqual(["restored", "lost"]);

      await proxy.restore();
      await expect.poll(() => listener.heard).toEqual(["restored", "lost", "restored"]);
      await sender.publish("heard");
      await expect.poll(listener.messages).toEqual(["heard"]);
    });

    it("reports a frozen connection within seconds, and reconnects by itself", async () => {
      const prefix = newPrefix();
      const sender = await open(url, prefix);
      const listener = await join(await open(throughProxy, prefix));

      proxy.freeze();
      const from = Date.now();
      await expect.poll(() => listener.heard, { interval: 20 }).toEqual(["restored", "lost"]);
      expect(Date.now() - from).toBeLessThan(DETECTION_MS);

      await proxy.restore();
      await expect.poll(() => listener.heard.at(-1)).toBe("restored");
      await sender.publish("heard");
      await expect.poll(() => listener.messages().at(-1)).toBe("heard");
      expect(listener.heard.filter((told) => told === "lost")).toHaveLength(1);
    });

    it("stays subscribed without messages, as long as the connection lives", async () => {
      const listener = await join(await open(throughProxy, newPrefix()));
      await sleep(3_500); // longer than it takes to find a frozen connection
      expect(listener.heard).toEqual(["restored"]);
    });

    it("publishes or throws UnavailableError within seconds", async () => {
      const broadcast = await open(throughProxy, newPrefix());
      await broadcast.publish("goes");
      proxy.freeze();
      const from = Date.now();
      await expect(broadcast.publish("gets lost")).rejects.toThrow(UnavailableError);
      expect(Date.now() - from).toBeLessThan(ANSWER_MS);
      await proxy.cut();
      await expect(broadcast.publish("gets lost")).rejects.toThrow(UnavailableError);
      await proxy.restore();
      await expect.poll(() => broadcast.publish("goes"), { interval: 100 }).toBeUndefined();
    });

    it("starts without a server, tells its listeners nothing, and restores them once the server is up", async () => {
      await proxy.cut();
      const name = `${run}${randomUUID()}`;
      const broadcast = await openBroadcast({ url: throughProxy, name });
      onTestFinished(() => broadcast.close());
      onTestFinished(async () => void (await redis.unlink(`taiga-mcp:${name}:schema`)));
      const witness = createWitness();
      broadcast.subscribe(witness);
      await sleep(500);
      expect(witness.heard).toEqual([]);
      await expect(broadcast.publish("hello")).rejects.toThrow(UnavailableError);

      await proxy.restore();
      await expect.poll(() => witness.heard).toEqual(["restored"]);
    });

    it("logs one line when the connection is lost and one when it is back", async () => {
      let output = "";
      const destination = { write: (line: string) => void (output += line) };
      const logger = createLogger({ name: "test", level: "debug", destination });
      const broadcast = await createRedisBroadcast({
        url: throughProxy,
        prefix: newPrefix(),
        logger,
      });
      onTestFinished(() => broadcast.close());
      const listener = await join(broadcast);

      await proxy.cut();
      await sleep(700); // several attempts to reconnect
      await proxy.restore();
      await expect.poll(() => listener.heard.at(-1)).toBe("restored");
      await broadcast.close();
      const messages = output
        .trim()
        .split("\n")
        .map((line) => (JSON.parse(line) as { msg: string }).msg);
      expect(messages).toEqual(["store connection lost", "store connection restored"]);
    });
  });
});
