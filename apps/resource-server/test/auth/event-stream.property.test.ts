import { createLogger } from "@taiga-mcp/service";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readEvents, type StreamEvent } from "../../src/auth/event-stream.ts";
import { followRevocations } from "../../src/auth/follow-revocations.ts";

const encoder = new TextEncoder();
const line = fc
  .string({ unit: "grapheme", maxLength: 12 })
  .map((text) => text.replace(/[\r\n\0]/g, ""));
const event = fc.record({
  name: line.filter((text) => text.trim() !== "" && !text.startsWith(" ")),
  data: fc.array(line, { minLength: 1, maxLength: 3 }).map((lines) => lines.join("\n")),
});
const end = fc.constantFrom("\n", "\r\n");
const cuts = fc.array(fc.nat(400), { maxLength: 6 });

/** An event in the format of WHATWG HTML, "Server-sent events". */
const toText = ({ name, data }: StreamEvent, eol: string): string =>
  [`event: ${name}`, ...data.split("\n").map((text) => `data: ${text}`), "", ""].join(eol);

function toStream(bytes: Uint8Array, places: number[]): ReadableStream<Uint8Array> {
  const ends = [...places.toSorted((a, b) => a - b), bytes.length].map((at) =>
    Math.min(at, bytes.length),
  );
  return new ReadableStream({
    start: (controller) => {
      let from = 0;
      for (const to of ends) {
        if (to > from) controller.enqueue(bytes.slice(from, to));
        from = Math.max(from, to);
      }
      controller.close();
    },
  });
}

async function read(bytes: Uint8Array, places: number[]): Promise<StreamEvent[]> {
  const events = [];
  for await (const each of readEvents(toStream(bytes, places), () => {})) events.push(each);
  return events;
}

describe("an event stream", () => {
  // @rule INPUT-16
  it("delivers every event in order, wherever the network splits it", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { maxLength: 5 }),
        end,
        cuts,
        async (events, eol, places) => {
          const text = events.map((each) => toText(each, eol)).join(`: alive${eol}${eol}`);
          expect(await read(encoder.encode(text), places)).toEqual(events);
        },
      ),
    );
  });

  // @rule INPUT-16
  it("of any bytes is read the same way, however it is split", async () => {
    const word = fc.constantFrom(
      "event: revoked",
      "data: {}",
      "data",
      "\n",
      "\n\n",
      "\r",
      ":",
      "\ufeff",
    );
    const bytes = fc.oneof(
      fc.array(word).map((words) => encoder.encode(words.join(""))),
      fc.uint8Array({ maxLength: 60 }),
    );
    await fc.assert(
      fc.asyncProperty(bytes, cuts, async (sent, places) => {
        expect(await read(sent, places)).toEqual(await read(sent, []));
      }),
    );
  });
});

describe("an authorization server that sends any stream", () => {
  // @rule GRANT-9
  it("is followed exactly, or disconnected: caching ends at the first invalid event", async () => {
    const data = fc.oneof(
      fc.stringMatching(/^[\w-]{1,9}$/).map((gid) => JSON.stringify({ gid })),
      fc.json({ maxDepth: 1 }).map((text) => text.replace(/\n/g, " ")),
      line,
    );
    const said = fc.array(fc.record({ name: fc.constantFrom("live", "revoked", "other"), data }), {
      maxLength: 6,
    });
    await fc.assert(
      fc.asyncProperty(said, async (events) => {
        const text = events.map((each) => toText(each, "\n")).join("");
        expect(await follow(encoder.encode(text))).toEqual(expected(events));
      }),
    );
  });
});

/** The listener's calls for one stream and its end. */
async function follow(bytes: Uint8Array): Promise<string[]> {
  const heard: string[] = [];
  let opened = 0;
  const stopped = Promise.withResolvers<void>();
  const follower = followRevocations({
    authorizationServer: {
      openRevocations: async () => {
        opened += 1;
        return toStream(bytes, []);
      },
    },
    listener: {
      restored: () => heard.push("restored"),
      lost: () => heard.push("lost"),
      revoked: (gid) => heard.push(`revoked ${gid}`),
      changed: (gid) => heard.push(`changed ${gid}`),
    },
    logger: createLogger({ name: "test", level: "silent" }),
    sleep: () => {
      stopped.resolve();
      return new Promise(() => {});
    },
  });
  await stopped.promise;
  expect(opened).toBe(1);
  void follower;
  return heard;
}

function expected(events: StreamEvent[]): string[] {
  const heard: string[] = [];
  for (const { name, data } of events) {
    if (name === "live" && !heard.includes("restored")) heard.push("restored");
    if (name !== "revoked") continue;
    const gid = toGid(data);
    if (gid === undefined) break;
    heard.push(`revoked ${gid}`);
  }
  return heard.includes("restored") ? [...heard, "lost"] : heard;
}

function toGid(data: string): string | undefined {
  try {
    const { gid } = JSON.parse(data) as { gid?: unknown };
    return typeof gid === "string" && gid !== "" ? gid : undefined;
  } catch {
    return undefined;
  }
}
