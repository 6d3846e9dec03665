import type { Clock, Logger } from "@taiga-mcp/service";
import type { Kv } from "@taiga-mcp/store";
import type { createTaigaClient, TaigaCredential } from "@taiga-mcp/taiga-client";
import type { Config } from "./config.ts";
import { createLimitedLogin, type LimitedLogin } from "./login/limited-login.ts";
import { type ApplicationLogin, createApplicationLogin } from "./login/taiga-application.ts";
import { createPasswordLogin } from "./login/taiga-password.ts";
import { type Counters, toLoginOutcome } from "./operations/counters.ts";
import { createApplicationFlows } from "./pages/application-flows.ts";
import type { InteractionsRouterDeps } from "./pages/router.ts";
import type { Sealer } from "./secrets/seal.ts";
import type { KeyNames } from "./storage/key-names.ts";

/** What many parts are made with. */
export interface Shared {
  kv: Kv;
  keys: KeyNames;
  seal: Sealer;
  clock: Clock;
  logger: Logger;
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** A client of Taiga for one credential, or for none. */
  connect: (
    credential?: TaigaCredential,
    signal?: AbortSignal,
  ) => ReturnType<typeof createTaigaClient>;
  /** The subject that stands for a Taiga user. */
  toAccountId: (userId: number) => string;
}

/** Login with a password that is typed here; `undefined` where it is not offered. */
export function createPasswordWay(
  { login: { offersPassword, passwordType } }: Config,
  shared: Shared,
  counters: Counters,
): InteractionsRouterDeps["password"] {
  if (!offersPassword) return undefined;
  const { sleep } = shared;
  const taiga = shared.connect();
  const limited = createLimitedLogin({
    ...shared,
    login: createPasswordLogin({ taiga, loginType: passwordType, sleep }),
  });
  return {
    login: counters.passwordLogins.counted(
      (...typed: Parameters<LimitedLogin["login"]>) => limited.login(...typed),
      toLoginOutcome,
    ),
  };
}

/** Login on Taiga's own pages; `undefined` where it is not offered. */
export function createApplicationWay(
  { login: { applicationId }, taigaWebUrl }: Config,
  shared: Shared,
  counters: Counters,
): InteractionsRouterDeps["application"] {
  if (applicationId === undefined) return undefined;
  const login = createApplicationLogin({ ...shared, applicationId, taigaWebUrl });
  return {
    login: {
      ...login,
      redeem: counters.applicationLogins.counted(
        (...flow: Parameters<ApplicationLogin["redeem"]>) => login.redeem(...flow),
        toLoginOutcome,
      ),
    },
    flows: createApplicationFlows(shared),
  };
}
