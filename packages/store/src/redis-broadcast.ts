import type { Logger } from "@taiga-mcp/service";
import { ReplyError, type Redis } from "ioredis";
import { createBroadcastListeners, type BroadcastListeners } from "./broadcast-listeners.ts";
import type { Broadcast } from "./broadcast.ts";
import { createOutageLog } from "./outage-log.ts";
import { closeRedis, createRedisClient } from "./redis-client.ts";
import { connectRedis } from "./redis-connection.ts";

/** How often the subscription is checked: a frozen connection is found after this and a timeout. */
const PROOF_INTERVAL_MS = 1_000;

export interface RedisBroadcastDeps {
  /** As STORE_URL. */
  url: string;
  /** What the channel's name begins with, as every key of the same service does. */
  prefix: string;
  logger?: Logger;
}

/**
 * A broadcast among all processes that share a Redis. A server that does not answer is no error:
 * `publish` throws and listeners are lost until it does. A connection that is silently dead, in
 * either direction, is lost within three seconds.
 *
 * @throws {ConfigurationError} as `createRedisKv` does.
 */
export async function createRedisBroadcast(deps: RedisBroadcastDeps): Promise<Broadcast> {
  const { url, prefix, logger } = deps;
  // Without a logger: an outage hits both connections, and one log line is enough.
  const publisher = await connectRedis({
    url,
    schemaKey: `${prefix}schema`,
    // It stores nothing.
    allowsEviction: true,
    logger: undefined,
  });
  const redis = createRedisClient(url);
  const listeners = createBroadcastListeners(logger);
  // A server has one set of channels for all its databases.
  const channel = `${prefix}broadcast:${redis.options.db}`;
  const subscriber = keepSubscribed(redis, channel, listeners, logger);

  return {
    publish: async (message) => {
      await publisher.run("publish", [`${prefix}never-there`], channel, message);
    },
    subscribe: (listener) => listeners.subscribe(listener),
    close: async () => {
      listeners.close();
      await Promise.all([publisher.close(), subscriber.close()]);
    },
  };
}

/** Stays subscribed on its own connection, and tells the listeners when it is lost. */
function keepSubscribed(
  redis: Redis,
  channel: string,
  listeners: BroadcastListeners,
  logger: Logger | undefined,
): { close(): Promise<void> } {
  const outages = createOutageLog(logger, {
    lost: "broadcast subscription lost",
    back: "broadcast subscription restored",
  });
  let proving = false;
  let closed = false;

  function lose(error: unknown): void {
    listeners.lost();
    if (!closed) outages.failed(error);
  }

  /** Subscribes, again and again: each answer proves that connection and subscription work. */
  async function prove(): Promise<void> {
    if (proving || redis.status !== "ready") return;
    proving = true;
    try {
      await redis.subscribe(channel);
      listeners.restored();
      outages.recovered();
    } catch (error) {
      lose(error);
      // An error reply, such as a missing permission: another connection would get the same one.
      if (!(error instanceof ReplyError) && redis.status === "ready") redis.disconnect(true);
    } finally {
      proving = false;
    }
  }

  redis.on("message", (_channel, text) => listeners.message(text));
  redis.on("ready", () => void prove());
  redis.on("close", () => lose(new Error("The connection was closed.")));
  redis.on("error", (error) => lose(error));
  const timer = setInterval(() => void prove(), PROOF_INTERVAL_MS).unref();

  return {
    close: async () => {
      closed = true;
      clearInterval(timer);
      await closeRedis(redis);
    },
  };
}
