import { withLock, type Kv } from "@taiga-mcp/store";
import type { Logger } from "@taiga-mcp/service";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { KoaContextWithOIDC, Provider } from "oidc-provider";
import { z } from "zod";
import type { Sealer } from "../../secrets/seal.ts";
import type { KeyNames } from "../../storage/key-names.ts";
import { insideEngine, outsideEngine } from "../boundary/store-unavailable.ts";
import type { RecordStore } from "../records/record-store.ts";
import { toClaim } from "./claims.ts";

/** Longer than oidc-provider takes to answer a resumed authorization request. */
const LOCK_SECONDS = 15;
const WAIT_MS = 10_000;
const POLL_MS = 50;

/** Where a step of an authorization request led the browser. */
const KeptAnswer = z.object({
  location: z.string(),
  /** Whole `Set-Cookie` lines. */
  cookies: z.array(z.string()),
  /** The authorization code in `location`, if it is the end of the request. */
  code: z.string().optional(),
});
type KeptAnswer = z.output<typeof KeptAnswer>;

export interface KeptAnswersDeps {
  provider: Provider;
  kv: Kv;
  keys: Pick<KeyNames, "keptAnswer" | "resumeLock">;
  sealer: Sealer;
  /** Of authorization codes. */
  codes: Pick<RecordStore, "read">;
  /** How long a browser may repeat its request: as long as a code is valid. */
  ttlSeconds: number;
  /** Path of the authorization endpoint; oidc-provider resumes requests below it. */
  authorizationPath: string;
  logger: Logger;
  sleep: (ms: number) => Promise<void>;
}

/**
 * The answers to browsers that come back from one of our pages. A second click makes a browser drop
 * the answer to the first, and the code in it would never reach the client. So the answer is kept,
 * sealed, and the same browser gets the same one again: its signed cookie names the step. Once the
 * client has redeemed the code, the client has it, and the answer counts no more.
 *
 * Of concurrent requests for the same step, from several tabs, one is processed; the others get its
 * answer. So one consent yields one code.
 */
export interface KeptAnswers {
  /** Around the engine, inside of what deletes the step: first the answer is kept. */
  middleware: (ctx: KoaContextWithOIDC, next: () => Promise<unknown>) => Promise<void>;
  /** See `Interactions.repeat`. */
  repeat: (req: IncomingMessage, res: ServerResponse) => Promise<boolean>;
}

export function createKeptAnswers(deps: KeptAnswersDeps): KeptAnswers {
  const { provider, kv, keys, sealer, codes, ttlSeconds, authorizationPath } = deps;

  async function find(uid: string): Promise<KeptAnswer | undefined> {
    const key = keys.keptAnswer(uid);
    const entry = await kv.get(key);
    if (entry === undefined) return undefined;
    const answer = KeptAnswer.parse(JSON.parse(await sealer.open(key, entry.value)));
    if (answer.code === undefined) return answer;
    const code = await codes.read(answer.code);
    return code === undefined || toClaim(code)?.isAnswered === true ? undefined : answer;
  }

  async function keep(uid: string, ctx: KoaContextWithOIDC): Promise<void> {
    const location = ctx.response.get("Location");
    if (ctx.status >= 400 || location === "") return;
    const key = keys.keptAnswer(uid);
    const answer: KeptAnswer = {
      location,
      cookies: [ctx.response.headers["set-cookie"] ?? []].flat(),
      code: ctx.oidc.entities.AuthorizationCode?.jti,
    };
    await kv.set(key, await sealer.seal(key, JSON.stringify(answer)), { ttlSeconds });
  }

  return {
    middleware: async (ctx, next) => {
      const isResume = ctx.path.startsWith(`${authorizationPath}/`);
      const uid = isResume
        ? ctx.cookies.get(provider.cookieName("resume"), { signed: true })
        : undefined;
      if (uid === undefined) {
        await next();
        return;
      }
      const kept = await insideEngine(() =>
        withLock<KeptAnswer | undefined>(
          deps,
          keys.resumeLock(uid),
          {
            ttlSeconds: LOCK_SECONDS,
            waitMs: WAIT_MS,
            pollMs: POLL_MS,
            whileTaken: () => find(uid),
          },
          async () => {
            const earlier = await find(uid);
            if (earlier !== undefined) return earlier;
            await next();
            await keep(uid, ctx);
            return undefined;
          },
        ),
      );
      if (kept === undefined) return;
      ctx.status = 303;
      ctx.set("Location", kept.location);
      ctx.set("Set-Cookie", kept.cookies);
      ctx.set("Cache-Control", "no-store");
      ctx.body = "";
    },

    repeat: (req, res) =>
      outsideEngine(async () => {
        const { cookies } = provider.createContext(req, res);
        const uid = cookies.get(provider.cookieName("interaction"), { signed: true });
        const kept = uid === undefined ? undefined : await insideEngine(() => find(uid));
        if (kept === undefined) return false;
        const { location, cookies: lines } = kept;
        const headers = { Location: location, "Set-Cookie": lines, "Cache-Control": "no-store" };
        res.writeHead(303, headers).end();
        return true;
      }),
  };
}
