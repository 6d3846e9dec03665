import { createLogger, UnavailableError } from "@taiga-mcp/service";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { followRevocations, type RevocationFollower } from "../../src/auth/follow-revocations.ts";

const encoder = new TextEncoder();

/** One stream that the authorization server has opened. */
interface OpenedStream {
  signal: AbortSignal;
  send(text: string): Promise<void>;
  end(): Promise<void>;
  /** The connection breaks. */
  break(): Promise<void>;
}

let heard: string[];
let streams: OpenedStream[];
let delays: number[];
let lines: string[];
/** Rejects the next attempt to open a stream. */
let refusal: Error | undefined;
let follower: RevocationFollower;

/** Runs all pending work that needs no time. */
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
};

async function openRevocations(signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
  if (refusal !== undefined) throw refusal;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      signal.addEventListener("abort", () => controller.error(signal.reason));
      streams.push({
        signal,
        send: async (text) => {
          controller.enqueue(encoder.encode(text));
          await settle();
        },
        end: async () => {
          controller.close();
          await settle();
        },
        break: async () => {
          controller.error(new Error("reset"));
          await settle();
        },
      });
    },
  });
}

/** @param stopAfter attempts, so that a test of failures ends. */
async function start({ stopAfter = 100 } = {}): Promise<void> {
  follower = followRevocations({
    authorizationServer: { openRevocations },
    listener: {
      restored: () => heard.push("restored"),
      lost: () => heard.push("lost"),
      revoked: (gid) => heard.push(gid),
      changed: (gid) => heard.push(`changed ${gid}`),
    },
    logger: createLogger({
      name: "test",
      level: "info",
      destination: { write: (line) => void lines.push(line) },
    }),
    sleep: (ms, signal) => {
      delays.push(ms);
      if (delays.length < stopAfter) return Promise.resolve();
      return new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(new Error("stopped")));
      });
    },
    random: () => 1,
  });
  await settle();
}

const INFO = 30;
const WARN = 40;
const logged = (): unknown[] =>
  lines.map((line) => {
    const { level, msg } = JSON.parse(line) as { level: number; msg: string };
    return [level, msg];
  });

const LIVE = "event: live\ndata: {}\n\n";
const latest = (): OpenedStream => {
  const stream = streams.at(-1);
  if (stream === undefined) throw new Error("no stream was opened");
  return stream;
};

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  heard = [];
  streams = [];
  delays = [];
  lines = [];
  refusal = undefined;
});
afterEach(async () => {
  await follower.close();
  vi.useRealTimers();
});

describe("following revocations", () => {
  it("hears of grants that end and of grants that change", async () => {
    await start();
    await latest().send(LIVE);
    await latest().send('event: changed\ndata: {"gid":"one"}\n\n');
    await latest().send('event: revoked\ndata: {"gid":"two"}\n\n');
    expect(heard).toEqual(["restored", "changed one", "two"]);
  });

  it("is live only after the authorization server's live event", async () => {
    await start();
    await latest().send(": alive\n\n");
    expect(heard).toEqual([]);
    await latest().send(LIVE);
    expect(heard).toEqual(["restored"]);
  });

  it("passes on each grant that ends", async () => {
    await start();
    await latest().send(`${LIVE}event: revoked\ndata: {"gid":"one"}\n\n`);
    await latest().send('event: revoked\ndata: {"gid":"two"}\n\n');
    expect(heard).toEqual(["restored", "one", "two"]);
  });

  it.each(["end", "break"] as const)(
    "is lost at once when the stream fails (%s), and reconnects",
    async (how) => {
      await start();
      await latest().send(LIVE);
      await latest()[how]();
      expect(heard).toEqual(["restored", "lost"]);
      expect(streams).toHaveLength(2);
      await latest().send(LIVE);
      expect(heard).toEqual(["restored", "lost", "restored"]);
    },
  );

  it("is not lost a second time by a stream that was never live", async () => {
    await start();
    await latest().end();
    await latest().break();
    expect(heard).toEqual([]);
    expect(streams).toHaveLength(3);
  });

  // @rule GRANT-9
  it.each([
    ["a revocation without a gid", "event: revoked\ndata: {}\n\n"],
    ["a revocation that is not JSON", "event: revoked\ndata: x\n\n"],
  ])("is lost by %s, because revocations may be missed", async (_what, text) => {
    await start();
    await latest().send(LIVE);
    await latest().send(text);
    expect(heard).toEqual(["restored", "lost"]);
  });

  it("ignores events that a later version may add", async () => {
    await start();
    await latest().send(`${LIVE}event: news\ndata: x\n\nevent: live\ndata: {}\n\n`);
    expect(heard).toEqual(["restored"]);
  });

  // @rule GRANT-9
  it("is lost after 12 seconds of silence", async () => {
    await start();
    await latest().send(LIVE);
    vi.advanceTimersByTime(11_999);
    await settle();
    expect(heard).toEqual(["restored"]);
    vi.advanceTimersByTime(1);
    await settle();
    expect(heard).toEqual(["restored", "lost"]);
    expect(streams[0]?.signal.aborted).toBe(true);
    expect(streams).toHaveLength(2);
  });

  it("stays live with a comment every few seconds", async () => {
    await start();
    await latest().send(LIVE);
    for (let minutes = 0; minutes < 12; minutes += 1) {
      vi.advanceTimersByTime(5_000);
      await latest().send(": alive\n\n");
    }
    expect(heard).toEqual(["restored"]);
  });

  it("reconnects quickly after it was live, and with delays of up to two seconds while it fails", async () => {
    refusal = new UnavailableError("down");
    await start({ stopAfter: 8 });
    expect(delays).toEqual([100, 200, 400, 800, 1_600, 2_000, 2_000, 2_000]);
    await follower.close();
    delays = [];
    refusal = undefined;
    await start({ stopAfter: 1 });
    await latest().send(LIVE);
    await latest().end();
    expect(delays).toEqual([50]);
  });

  it("ends with the process: the listener is notified and no new stream is opened", async () => {
    await start();
    await latest().send(LIVE);
    await follower.close();
    expect(heard).toEqual(["restored", "lost"]);
    expect(streams).toHaveLength(1);
    expect(streams[0]?.signal.aborted).toBe(true);
  });

  it("logs one line when it is live, and none for a stream that another one replaces", async () => {
    await start();
    await latest().send(LIVE);
    await latest().end();
    await latest().end();
    expect(logged()).toEqual([[INFO, "revocation stream connected; introspection cache enabled"]]);
  });

  it("warns once when it stays lost, but not while services are starting", async () => {
    refusal = new UnavailableError("down");
    await start({ stopAfter: 5 });
    expect(logged()).toEqual([]);
    await follower.close();
    delays = [];
    await start({ stopAfter: 20 });
    expect(logged()).toEqual([
      [WARN, "revocation stream disconnected; introspection cache disabled"],
    ]);
  });
});
