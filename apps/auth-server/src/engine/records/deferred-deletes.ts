import { bestEffort, type Logger } from "@taiga-mcp/service";
import { type KoaContextWithOIDC, Provider } from "oidc-provider";

/**
 * Delays deletes until the request is answered. oidc-provider deletes first: if the request failed
 * after that, reloading the page could not repeat it and the user would have to start again.
 */
export interface DeferredDeletes {
  /** At the end of the current request; at once outside of requests. */
  delete: (work: () => Promise<void>) => Promise<void>;
  /** Around the whole engine. */
  middleware: (ctx: KoaContextWithOIDC, next: () => Promise<unknown>) => Promise<void>;
}

export function createDeferredDeletes({ logger }: { logger: Logger }): DeferredDeletes {
  const waiting = new WeakMap<object, (() => Promise<void>)[]>();

  const tryOne = (work: () => Promise<void>): Promise<boolean> =>
    bestEffort(work, logger, "deferred delete failed; record will expire");

  return {
    delete: async (work) => {
      const { ctx } = Provider;
      if (ctx === undefined) return work();
      waiting.set(ctx, [...(waiting.get(ctx) ?? []), work]);
    },

    middleware: async (ctx, next) => {
      await next();
      if (ctx.status < 500) await Promise.all((waiting.get(ctx) ?? []).map(tryOne));
    },
  };
}
