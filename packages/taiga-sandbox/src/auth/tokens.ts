import { randomBytes } from "node:crypto";
import { errors, jwtVerify, SignJWT } from "jose";

/** The claims of Taiga's tokens besides `exp`. */
interface Claims {
  jti: string;
  user_id: number;
  /** Epoch seconds. */
  exp: number;
}

type TokenType = "access" | "refresh";

/** How long new tokens live; Taiga's defaults are 24 hours and 8 days. */
export interface TokenLifetimes {
  accessSeconds: number;
  refreshSeconds: number;
}

export const DEFAULT_LIFETIMES: Readonly<TokenLifetimes> = {
  accessSeconds: 24 * 60 * 60,
  refreshSeconds: 8 * 24 * 60 * 60,
};

export interface Tokens {
  /** A new pair, under the names of a login's answer. */
  issue(userId: number): Promise<{ auth_token: string; refresh: string }>;
  /** The claims of a valid token of this type, or the reason for its refusal. */
  verify(token: string, type: TokenType): Promise<Claims | "wrong type" | "invalid">;
}

/**
 * Taiga's JWTs: HS256 over the server's secret.
 *
 * @param lifetimes read at every issue, so that a test can change them.
 * @param issued called with the `jti` of every new access token.
 */
export function createTokens(deps: {
  secret: string;
  clock: () => Date;
  lifetimes: Readonly<TokenLifetimes>;
  issued: (jti: string) => void;
}): Tokens {
  const key = new TextEncoder().encode(deps.secret);
  const sign = (type: TokenType, userId: number, seconds: number): Promise<string> => {
    const jti = randomBytes(16).toString("hex");
    if (type === "access") deps.issued(jti);
    const exp = Math.floor(deps.clock().getTime() / 1000) + seconds;
    return new SignJWT({ token_type: type, exp, jti, user_id: userId })
      .setProtectedHeader({ alg: "HS256", typ: "JWT" })
      .sign(key);
  };
  return {
    async issue(userId) {
      const { accessSeconds, refreshSeconds } = deps.lifetimes;
      const [access, refresh] = await Promise.all([
        sign("access", userId, accessSeconds),
        sign("refresh", userId, refreshSeconds),
      ]);
      return { auth_token: access, refresh };
    },
    async verify(token, type) {
      try {
        const { payload } = await jwtVerify(token, key, {
          algorithms: ["HS256"],
          currentDate: deps.clock(),
          requiredClaims: ["exp", "jti", "token_type", "user_id"],
        });
        if (payload["token_type"] !== type) return "wrong type";
        return { jti: payload.jti!, user_id: Number(payload["user_id"]), exp: payload.exp! };
      } catch (error) {
        if (error instanceof errors.JOSEError) return "invalid";
        throw error;
      }
    },
  };
}
