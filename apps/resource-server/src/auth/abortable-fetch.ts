/**
 * A `fetch` whose signal also ends a response body, however late. The one of Node.js holds its own request
 * only weakly once the headers have arrived: after a garbage collection an abort may no longer reach the
 * body, and a time limit does not end a response that stalls.
 *
 * The returned response has no `url`.
 */
export const createAbortableFetch =
  (fetch: typeof globalThis.fetch): typeof globalThis.fetch =>
  async (url, init) => {
    const response = await fetch(url, init);
    const signal = init?.signal;
    if (!signal || response.body === null) return response;
    return new Response(response.body.pipeThrough(new TransformStream(), { signal }), response);
  };
