import { type Logger, UnavailableError } from "@taiga-mcp/service";
import { type KoaContextWithOIDC, Provider } from "oidc-provider";

/**
 * Deletes what a request has used up only when it is answered. The engine deletes first: a request
 * that failed after that could not be repeated, and a person who reloads the page would find that
 * the login has ended.
 */
export interface DeferredDeletes {
  /** At the end of the request in hand; at once where there is none. */
  delete: (work: () => Promise<void>) => Promise<void>;
  /** Around the whole engine. */
  middleware: (ctx: KoaContextWithOIDC, next: () => Promise<unknown>) => Promise<void>;
}

export function createDeferredDeletes({ logger }: { logger: Logger }): DeferredDeletes {
  const waiting = new WeakMap<object, (() => Promise<void>)[]>();

  /** What is to be deleted is of no use to anybody any more, and ends by itself. */
  async function tryOne(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      logger.warn({ err: error }, "what a login has left could not be deleted; it ends by itself");
    }
  }

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
