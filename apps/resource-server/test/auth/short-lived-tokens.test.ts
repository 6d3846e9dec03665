import { expect, it } from "vitest";
import { createTaigaCredentials } from "../../src/auth/taiga-credentials.ts";
import { NOW, TAIGA_API_URL } from "../support/harness.ts";

const MINUTES_10 = 600;

// @rule VAULT-10
it.each([30, 60, 120, 300])(
  "a Taiga token that lives %i seconds is exchanged after two thirds of that",
  async (lifeSeconds) => {
    let now = NOW;
    let exchanges = 0;
    const credentials = createTaigaCredentials({
      authorizationServer: {
        exchangeToken: async () => {
          exchanges += 1;
          return {
            access_token: `${now + lifeSeconds}`,
            token_type: "bearer",
            expires_in: lifeSeconds,
          };
        },
      },
      taigaApiUrl: TAIGA_API_URL,
      issuer: "https://auth.test",
      clock: () => now,
    });
    for (; now < NOW + MINUTES_10; now += 1) {
      const { token } = await credentials.get({ grantId: "g", accessToken: "mcp" });
      expect(Number(token)).toBeGreaterThan(now + Math.min(60, lifeSeconds / 3) - 1);
    }
    expect(exchanges).toBeLessThanOrEqual(Math.ceil(MINUTES_10 / ((lifeSeconds * 2) / 3)));
  },
);
