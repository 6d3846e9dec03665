import { expect, it } from "vitest";
import { readEvents } from "../../src/auth/event-stream.ts";

const encoder = new TextEncoder();
const toStream = (chunks: (string | Uint8Array)[]): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start: (controller) => {
      for (const chunk of chunks) {
        controller.enqueue(typeof chunk === "string" ? encoder.encode(chunk) : chunk);
      }
      controller.close();
    },
  });

async function read(chunks: (string | Uint8Array)[]) {
  const events = [];
  let activity = 0;
  for await (const event of readEvents(toStream(chunks), () => void (activity += 1))) {
    events.push(event);
  }
  return { events, activity };
}

const LIVE = { name: "live", data: "{}" };

it.each([
  ["line feeds", "event: live\ndata: {}\n\n"],
  ["carriage returns and line feeds", "event: live\r\ndata: {}\r\n\r\n"],
  ["carriage returns that are followed by more text", "event: live\rdata: {}\r\r: x"],
  ["no space after the colon", "event:live\ndata:{}\n\n"],
  ["a byte order mark", "\uFEFFevent: live\ndata: {}\n\n"],
  ["fields that it does not need", "id: 7\nretry: 10\nnonsense\nevent: live\ndata: {}\n\n"],
  ["comments in between", ": hello\nevent: live\n:\ndata: {}\n\n"],
])("reads an event with %s", async (_what, text) => {
  expect((await read([text])).events).toEqual([LIVE]);
});

it("reads the same wherever the network splits it, also within a line ending", async () => {
  const text = "event: live\r\ndata: {}\r\n\r\ndata: é\r\n\r\n";
  const bytes = encoder.encode(text);
  for (let size = 1; size <= bytes.length; size += 1) {
    const chunks = [];
    for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.slice(at, at + size));
    expect((await read(chunks)).events).toEqual([LIVE, { name: "message", data: "é" }]);
  }
});

it("joins the data lines of an event, and strips one leading space from each", async () => {
  const { events } = await read(["data: one\ndata:  two\ndata\n\n"]);
  expect(events).toEqual([{ name: "message", data: "one\n two\n" }]);
});

it("emits no event for a name without data, and forgets the name", async () => {
  const { events } = await read(["event: live\n\ndata: x\n\n"]);
  expect(events).toEqual([{ name: "message", data: "x" }]);
});

it("emits no event for an incomplete end of the stream", async () => {
  expect((await read(["event: live\ndata: {}\n"])).events).toEqual([]);
});

it("counts a comment as a sign of life", async () => {
  expect(await read([": alive\n\n", ": alive\n\n"])).toEqual({ events: [], activity: 2 });
});

it("rejects an event that would fill the memory", async () => {
  const chunks = ["data: ", ...Array.from({ length: 3 }, () => "x".repeat(40_000))];
  await expect(read(chunks)).rejects.toThrow(/buffer/i);
});
