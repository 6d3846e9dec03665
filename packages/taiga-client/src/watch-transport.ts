import { TaigaError } from "./errors.ts";
import type { TaigaTransport } from "./transport.ts";

/** Is told of each request whether Taiga has answered it. */
export interface TransportWatcher {
  failed(error: unknown): void;
  recovered(): void;
}

/** What a gateway answers for a Taiga that is down. */
const GATEWAY_FAILURES = new Set([502, 503, 504]);

/** The same transport, watched. A request that its caller has given up says nothing about Taiga. */
export const watchTransport = (
  transport: TaigaTransport,
  watcher: TransportWatcher,
): TaigaTransport => ({
  async send(request) {
    try {
      const response = await transport.send(request);
      if (GATEWAY_FAILURES.has(response.status)) {
        watcher.failed(new Error(`Taiga's gateway answered ${response.status}`));
      } else watcher.recovered();
      return response;
    } catch (error) {
      if (
        error instanceof TaigaError &&
        (error.code === "unavailable" || isTimeout(request.signal))
      )
        watcher.failed(error);
      throw error;
    }
  },
  close: () => transport.close(),
});

const isTimeout = (signal: AbortSignal | undefined): boolean =>
  signal?.reason instanceof Error && signal.reason.name === "TimeoutError";
