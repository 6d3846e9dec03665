import type { Kv } from "@taiga-mcp/store";
import type { KeyNames } from "../storage/key-names.ts";

/** How long after its last login a browser is known; longer than most logins last. */
export const DEVICE_COOKIE_SECONDS = 90 * 86_400;

/**
 * In which browsers an account has logged in here. Such a browser need not share its network's
 * troubles: its owner has proven once that it is not the one who guesses.
 */
export interface DeviceCookies {
  /** @param browser the secret in its cookie. */
  isKnown(account: string, browser: string): Promise<boolean>;
  remember(account: string, browser: string): Promise<void>;
}

export interface DeviceCookiesDeps {
  kv: Pick<Kv, "get" | "set">;
  keys: Pick<KeyNames, "knownBrowser">;
}

/** One record for each pair of both, whose name is all that it says. */
export function createDeviceCookies({ kv, keys }: DeviceCookiesDeps): DeviceCookies {
  const nameOf = (account: string, browser: string) => keys.knownBrowser(`${browser} ${account}`);
  return {
    isKnown: async (account, browser) => (await kv.get(nameOf(account, browser))) !== undefined,
    remember: (account, browser) =>
      kv.set(nameOf(account, browser), "1", { ttlSeconds: DEVICE_COOKIE_SECONDS }),
  };
}
