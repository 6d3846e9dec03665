import type { Logger } from "@taiga-mcp/service";
import type { BroadcastListener, Subscription } from "./broadcast.ts";
import { storeClosed } from "./store-errors.ts";

/** The listeners of one process, and what they have been told. */
export interface BroadcastListeners {
  /** @throws {UnavailableError} after `close`. */
  subscribe(listener: BroadcastListener): Subscription;
  message(text: string): void;
  /** Tells listeners that have not been told yet; may be called repeatedly, as may `lost`. */
  restored(): void;
  lost(): void;
  /** Tells all listeners `lost` and drops them. */
  close(): void;
}

interface Member {
  listener: BroadcastListener;
  /** Whether `restored` was the last state it was told. */
  live: boolean;
}

/** Delivers messages and changes of state to each listener, in order and once each. */
export function createBroadcastListeners(logger: Logger | undefined): BroadcastListeners {
  const members = new Set<Member>();
  let live = false;
  let closed = false;

  /** Calls a member unless it has unsubscribed, possibly during the call before. */
  function tell(member: Member, say: (listener: BroadcastListener) => void): void {
    if (!members.has(member)) return;
    try {
      say(member.listener);
    } catch (error) {
      logger?.error({ err: error }, "broadcast listener failed");
    }
  }

  function tellState(member: Member): void {
    if (member.live === live) return;
    member.live = live;
    tell(member, (listener) => (live ? listener.restored() : listener.lost()));
  }

  // A copy, because a listener may add or remove others while it is called.
  const everyone = (): Member[] => [...members];

  function become(state: boolean): void {
    live = state;
    for (const member of everyone()) tellState(member);
  }

  return {
    subscribe: (listener) => {
      if (closed) throw storeClosed();
      const member: Member = { listener, live: false };
      members.add(member);
      queueMicrotask(() => tellState(member));
      return { close: async () => void members.delete(member) };
    },
    message: (text) => {
      for (const member of everyone()) tell(member, (listener) => listener.message(text));
    },
    restored: () => become(true),
    lost: () => become(false),
    close: () => {
      become(false);
      closed = true;
      members.clear();
    },
  };
}
