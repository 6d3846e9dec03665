import { UnavailableError } from "@taiga-mcp/service";
import { describe, test as base, vi } from "vitest";
import type { Broadcast, BroadcastListener } from "../src/broadcast.ts";

/** The broadcast of one service, as two of its processes see it (or one process twice). */
export interface BroadcastUnderTest {
  here: Broadcast;
  there: Broadcast;
}

/** A listener that writes down what it is told: `restored`, `lost`, and messages in quotes. */
export function createWitness(): BroadcastListener & { heard: string[]; messages: () => string[] } {
  const heard: string[] = [];
  return {
    heard,
    messages: () => heard.filter((told) => told.startsWith('"')).map((told) => JSON.parse(told)),
    message: (text) => void heard.push(JSON.stringify(text)),
    lost: () => void heard.push("lost"),
    restored: () => void heard.push("restored"),
  };
}

/** What every implementation of `Broadcast` keeps: each sentence of `broadcast.ts`. */
export function broadcastContract(name: string, create: () => Promise<BroadcastUnderTest>): void {
  const it = base.extend("broadcasts", async ({ onTestFinished }) => {
    const broadcasts = await create();
    onTestFinished(async () => {
      await Promise.all([broadcasts.here.close(), broadcasts.there.close()]);
    });
    return broadcasts;
  });

  async function join(broadcast: Broadcast) {
    const witness = createWitness();
    const subscription = broadcast.subscribe(witness);
    await vi.waitFor(
      () => {
        if (witness.heard[0] !== "restored") throw new Error("not restored");
      },
      { timeout: 30_000 },
    );
    return { ...witness, ...subscription };
  }

  describe.concurrent(`${name} as a Broadcast`, () => {
    it("tells a new listener that it misses nothing from now on, and nothing before it has joined", async ({
      broadcasts: { here },
      expect,
    }) => {
      const witness = createWitness();
      here.subscribe(witness);
      expect(witness.heard).toEqual([]);
      await expect.poll(() => witness.heard).toEqual(["restored"]);

      const late = createWitness();
      here.subscribe(late);
      expect(late.heard).toEqual([]);
      await expect.poll(() => late.heard).toEqual(["restored"]);
      expect(witness.heard).toEqual(["restored"]);
    });

    it("reaches every listener, in the sender's process and in others", async ({
      broadcasts: { here, there },
      expect,
    }) => {
      const listeners = [await join(here), await join(here), await join(there)];
      await here.publish("hello");
      for (const { messages } of listeners) await expect.poll(messages).toEqual(["hello"]);
    });

    it("keeps the order of 1,000 messages of one sender and loses none", async ({
      broadcasts: { here, there },
      expect,
    }) => {
      const near = await join(here);
      const far = await join(there);
      const sent = Array.from({ length: 1_000 }, (_, number) => `${number}`);
      await Promise.all(sent.map((text) => here.publish(text)));
      for (const { messages } of [near, far]) {
        await expect.poll(() => messages().length).toBe(1_000);
        expect(messages()).toEqual(sent);
      }
    });

    it.for([
      ["nothing", ""],
      ["several lines", "a\r\nb\0c"],
      ["every script", "ü 漢字 👩‍👩‍👧 \u{10FFFF}"],
      ["a lot", "x".repeat(262_144)],
    ] as const)("carries %s unharmed", async ([, text], { broadcasts, expect }) => {
      const listener = await join(broadcasts.there);
      await broadcasts.here.publish(text);
      await expect.poll(listener.messages).toEqual([text]);
    });

    it("keeps nothing for those who join later", async ({ broadcasts: { here }, expect }) => {
      const before = await join(here);
      await here.publish("too early");
      await expect.poll(before.messages).toEqual(["too early"]);
      const after = await join(here);
      await here.publish("in time");
      await expect.poll(after.messages).toEqual(["in time"]);
    });

    it("is published without listeners", async ({ broadcasts: { here }, expect }) => {
      await expect(here.publish("hello?")).resolves.toBeUndefined();
    });

    it("tells a listener that left nothing more, and the others everything", async ({
      broadcasts: { here },
      expect,
    }) => {
      const leaves = await join(here);
      const stays = await join(here);
      await leaves.close();
      await here.publish("hello");
      await expect.poll(stays.messages).toEqual(["hello"]);
      await here.close();
      expect(leaves.heard).toEqual(["restored"]);
    });

    it("says nothing at all to a listener that leaves at once", async ({
      broadcasts: { here },
      expect,
    }) => {
      const witness = createWitness();
      await here.subscribe(witness).close();
      await join(here);
      expect(witness.heard).toEqual([]);
    });

    it("reaches the others, and the same one again, when a listener throws", async ({
      broadcasts: { here },
      expect,
    }) => {
      const calls: string[] = [];
      const fail = (call: string): never => {
        calls.push(call);
        throw new Error("a bug");
      };
      here.subscribe({
        message: (text) => fail(text),
        lost: () => fail("lost"),
        restored: () => fail("restored"),
      });
      const other = await join(here);
      await here.publish("one");
      await here.publish("two");
      await expect.poll(other.messages).toEqual(["one", "two"]);
      await here.close();
      expect(calls).toEqual(["restored", "one", "two", "lost"]);
    });

    it("keeps one order for all when a listener answers a message with another", async ({
      broadcasts: { here },
      expect,
    }) => {
      here.subscribe({
        message: (text) => void (text === "ping" && here.publish("pong")),
        lost: () => undefined,
        restored: () => undefined,
      });
      const other = await join(here);
      await here.publish("ping");
      await expect.poll(other.messages).toEqual(["ping", "pong"]);
    });

    it("lets a listener bring in and send away others while it is called", async ({
      broadcasts: { here },
      expect,
    }) => {
      const guest = createWitness();
      let leaves: { close(): Promise<void> } | undefined;
      here.subscribe({
        message: () => {
          here.subscribe(guest);
          void leaves?.close();
        },
        lost: () => undefined,
        restored: () => undefined,
      });
      const witness = createWitness();
      leaves = here.subscribe(witness);
      const last = await join(here);
      await here.publish("hello");
      await expect.poll(last.messages).toEqual(["hello"]);
      expect(witness.heard).toEqual(["restored"]);
      expect(guest.messages()).toEqual([]);
    });

    it("is lost to its listeners, once, when it is closed, and unavailable from then on", async ({
      broadcasts: { here },
      expect,
    }) => {
      const listener = await join(here);
      await here.close();
      await here.close();
      expect(listener.heard).toEqual(["restored", "lost"]);
      await expect(here.publish("hello")).rejects.toThrow(UnavailableError);
      expect(() => here.subscribe(createWitness())).toThrow(UnavailableError);
    });
  });
}
