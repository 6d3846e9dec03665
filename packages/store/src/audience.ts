import type { Logger } from "@taiga-mcp/service";
import type { BroadcastListener, Subscription } from "./broadcast.ts";
import { storeClosed } from "./failure.ts";

/** The listeners of one process, and what they have been told. */
export interface Audience {
  /** @throws {UnavailableError} after `close`. */
  subscribe(listener: BroadcastListener): Subscription;
  message(text: string): void;
  /** Tells whoever does not know yet; so may be called any number of times, as may `lost`. */
  restored(): void;
  lost(): void;
  /** Says `lost` for the last time. */
  close(): void;
}

interface Member {
  listener: BroadcastListener;
  /** Whether `restored` is the last it was told. */
  live: boolean;
}

/** Passes on what arrives, to each listener in the order and with the state it is owed. */
export function createAudience(logger: Logger | undefined): Audience {
  const members = new Set<Member>();
  let live = false;
  let closed = false;

  /** Calls a member unless it has left meanwhile, perhaps in a call just before. */
  function tell(member: Member, say: (listener: BroadcastListener) => void): void {
    if (!members.has(member)) return;
    try {
      say(member.listener);
    } catch (error) {
      logger?.error({ err: error }, "a listener of the broadcast failed");
    }
  }

  function tellState(member: Member): void {
    if (member.live === live) return;
    member.live = live;
    tell(member, (listener) => (live ? listener.restored() : listener.lost()));
  }

  // A copy, because a listener may bring others in or send them away.
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
