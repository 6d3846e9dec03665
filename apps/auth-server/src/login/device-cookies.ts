import type { Kv } from "@taiga-mcp/store";
import type { KeyNames } from "../storage/key-names.ts";

/** How long a browser stays known after its last login: longer than most logins last. */
export const DEVICE_COOKIE_SECONDS = 90 * 86_400;

/**
 * Remembers in which browsers an account has logged in (OWASP calls this device cookies). The limits
 * of its network do not apply to such a browser, because its owner has proven not to be an attacker.
 */
export interface DeviceCookies {
  /** @param browser the secret in the browser's cookie. */
  isKnown(account: string, browser: string): Promise<boolean>;
  remember(account: string, browser: string): Promise<void>;
}

export interface DeviceCookiesDeps {
  kv: Pick<Kv, "get" | "set">;
  keys: Pick<KeyNames, "knownBrowser">;
}

/** One record for each pair of account and browser. The storage key says everything; the value is empty. */
export function createDeviceCookies({ kv, keys }: DeviceCookiesDeps): DeviceCookies {
  const nameOf = (account: string, browser: string) => keys.knownBrowser(`${browser} ${account}`);
  return {
    isKnown: async (account, browser) => (await kv.get(nameOf(account, browser))) !== undefined,
    remember: (account, browser) =>
      kv.set(nameOf(account, browser), "1", { ttlSeconds: DEVICE_COOKIE_SECONDS }),
  };
}
