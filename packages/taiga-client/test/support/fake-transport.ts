import type { TaigaHttpRequest, TaigaHttpResponse, TaigaTransport } from "../../src/transport.ts";

/** Remembers what was sent and answers from `answers`, the last one for ever. */
export function createFakeTransport(...answers: Partial<TaigaHttpResponse>[]) {
  const sent: TaigaHttpRequest[] = [];
  const transport: TaigaTransport = {
    send: async (request) => {
      sent.push(request);
      const answer = answers[Math.min(sent.length, answers.length) - 1];
      return { status: 200, headers: {}, text: "{}", ...answer };
    },
    close: async () => {},
  };
  return { transport, sent };
}

/** The path and query of each request that was sent. */
export const toTargets = (sent: readonly TaigaHttpRequest[]): string[] =>
  sent.map(({ method, path, query }) => `${method} ${path}${query && `?${query}`}`);
