import type { Clock } from "@taiga-mcp/service";
import { TaigaError } from "@taiga-mcp/taiga-client";
import { UnsecuredJWT } from "jose";
import type { BearerCredential } from "../../src/login/login-backend.ts";
import type { RefreshAtTaiga } from "../../src/vault/taiga-refresh.ts";

const DAY_SECONDS = 86_400;
const REFRESH_SECONDS = 8 * DAY_SECONDS;

/** Taiga's token refresh: single-use refresh tokens of 8 days, access tokens of 24 hours. */
export interface TaigaChains {
  /** @param claims of all access tokens of this login. */
  login(claims?: object): BearerCredential;
  refresh: RefreshAtTaiga;
  /** Every refresh token that was presented, in order. */
  presented: string[];
  /** Overrides the answers of the next refreshes, one each. */
  next: ((carryOut: () => void) => Promise<void> | void)[];
}

/** @param toRefreshToken makes a token from a name and an expiry: real tokens contain their expiry. */
export function createTaigaChains(
  clock: Clock,
  toRefreshToken: (name: string, expiresAt: number) => string = (name) => name,
  accessSeconds: number = DAY_SECONDS,
): TaigaChains {
  const live = new Map<string, { endsAt: number; claims: object }>();
  let count = 0;

  const issue = (claims: object = {}): BearerCredential => {
    count += 1;
    const endsAt = clock() + REFRESH_SECONDS;
    const refreshToken = toRefreshToken(`refresh-${count}`, endsAt);
    live.set(refreshToken, { endsAt, claims });
    const token = createToken(clock() + accessSeconds, `access-${count}`, claims);
    return { scheme: "Bearer", token, refreshToken };
  };

  const chains: TaigaChains = {
    presented: [],
    next: [],
    login: issue,
    refresh: async (refreshToken) => {
      chains.presented.push(refreshToken);
      await chains.next.shift()?.(() => live.delete(refreshToken));
      const login = live.get(refreshToken);
      if (login === undefined || login.endsAt <= clock()) {
        throw new TaigaError("token_not_valid", "Token is invalid or expired", { status: 401 });
      }
      live.delete(refreshToken);
      const { token, refreshToken: following } = issue(login.claims);
      return { authToken: token, refreshToken: following };
    },
  };
  return chains;
}

/** @param expiresAt epoch seconds. */
export const createToken = (expiresAt: number, jti: string, claims: object = {}): string =>
  new UnsecuredJWT({ token_type: "access", jti, user_id: 5, ...claims })
    .setExpirationTime(expiresAt)
    .encode();

export const fail =
  (...args: ConstructorParameters<typeof TaigaError>) =>
  (): never => {
    throw new TaigaError(...args);
  };
