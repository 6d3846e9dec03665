import type { OutageLog } from "@taiga-mcp/service";

export const AUTH_SERVER_OUTAGE = {
  lost: "authorization server does not answer",
  back: "authorization server answers again",
  quietMs: 3_000,
} as const;

/**
 * A `fetch` to the authorization server that reports whether it answers. A 5xx counts as no answer: the
 * authorization server sends it while its own store is away.
 */
export const watchFetch =
  (fetch: typeof globalThis.fetch, outages: OutageLog): typeof globalThis.fetch =>
  async (url, init) => {
    try {
      const response = await fetch(url, init);
      if (response.status >= 500) outages.failed(new Error(`It answered ${response.status}.`));
      else outages.recovered();
      return response;
    } catch (error) {
      if (!isGivenUp(init?.signal)) outages.failed(error);
      throw error;
    }
  };

/** Aborted because this process needs no response any more, not because it took too long. */
const isGivenUp = (signal: AbortSignal | null | undefined): boolean =>
  signal?.aborted === true && (signal.reason as Error | undefined)?.name === "AbortError";
