import type { Logger } from "@taiga-mcp/service";
import { createAudience } from "./audience.ts";
import type { Broadcast } from "./broadcast.ts";
import { storeClosed } from "./failure.ts";

export interface LocalBroadcastDeps {
  logger?: Logger;
}

/** A broadcast within this process: for a service that is one process. It is never lost. */
export function createLocalBroadcast({ logger }: LocalBroadcastDeps = {}): Broadcast {
  const audience = createAudience(logger);
  audience.restored();
  let closed = false;

  return {
    publish: async (message) => {
      if (closed) throw storeClosed();
      // Not while the sender is being served, who may be a listener: two messages would cross.
      queueMicrotask(() => audience.message(message));
    },
    subscribe: (listener) => audience.subscribe(listener),
    close: async () => {
      closed = true;
      audience.close();
    },
  };
}
