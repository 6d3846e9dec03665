import { UnavailableError } from "@taiga-mcp/service";
import type { Broadcast, BroadcastListener } from "@taiga-mcp/store";

/** A broadcast whose state the test controls; it starts lost. */
export interface FakeBroadcast extends Broadcast {
  /** Every published message, including failed attempts. */
  published: string[];
  /** Publishing fails. */
  isDown: boolean;
  restore(): void;
  lose(): void;
}

export function createFakeBroadcast(): FakeBroadcast {
  const listeners = new Set<BroadcastListener>();
  const fake: FakeBroadcast = {
    published: [],
    isDown: false,
    restore: () => listeners.forEach((listener) => listener.restored()),
    lose: () => listeners.forEach((listener) => listener.lost()),
    publish: async (text) => {
      fake.published.push(text);
      if (fake.isDown) throw new UnavailableError("The store does not answer.");
      for (const listener of listeners) listener.message(text);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return { close: async () => void listeners.delete(listener) };
    },
    close: async () => {},
  };
  return fake;
}
