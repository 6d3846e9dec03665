import type { Logger } from "@taiga-mcp/service";
import { createBroadcastListeners } from "./broadcast-listeners.ts";
import type { Broadcast } from "./broadcast.ts";
import { storeClosed } from "./store-errors.ts";

export interface LocalBroadcastDeps {
  logger?: Logger;
}

/** A broadcast within this process, for a service that runs as one process. It is never lost. */
export function createLocalBroadcast({ logger }: LocalBroadcastDeps = {}): Broadcast {
  const listeners = createBroadcastListeners(logger);
  listeners.restored();
  let closed = false;

  return {
    publish: async (message) => {
      if (closed) throw storeClosed();
      // Later, because the sender may itself be a listener: messages would arrive out of order.
      queueMicrotask(() => listeners.message(message));
    },
    subscribe: (listener) => listeners.subscribe(listener),
    close: async () => {
      closed = true;
      listeners.close();
    },
  };
}
