import { expect, it } from "vitest";
import { createAbortableFetch } from "../../src/auth/abortable-fetch.ts";

/** Like the `fetch` of Node.js after a garbage collection: the body knows nothing of the signal. */
function createForgetfulFetch(): { fetch: typeof globalThis.fetch; canceled: unknown[] } {
  const canceled: unknown[] = [];
  const fetch: typeof globalThis.fetch = async () => {
    const start = (controller: ReadableStreamDefaultController<Uint8Array>): void =>
      controller.enqueue(new TextEncoder().encode("{"));
    const cancel = (reason: unknown): void => void canceled.push(reason);
    const headers = { "content-type": "application/json" };
    return new Response(new ReadableStream({ start, cancel }), { status: 201, headers });
  };
  return { fetch, canceled };
}

it("ends a response that stalls in its body when the signal aborts, and closes the connection", async () => {
  const { fetch, canceled } = createForgetfulFetch();
  const stop = new AbortController();
  const response = await createAbortableFetch(fetch)("http://as.test", { signal: stop.signal });
  expect([response.status, response.headers.get("content-type")]).toEqual([
    201,
    "application/json",
  ]);
  const text = response.text();
  const reason = new Error("It took too long.");
  stop.abort(reason);
  await expect(text).rejects.toBe(reason);
  expect(canceled).toEqual([reason]);
});

it("leaves a response without a body as it is", async () => {
  const answer = new Response(null, { status: 204 });
  const fetch = createAbortableFetch(async () => answer);
  expect(await fetch("http://as.test", { signal: new AbortController().signal })).toBe(answer);
});
