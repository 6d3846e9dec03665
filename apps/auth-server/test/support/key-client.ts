import { randomUUID } from "node:crypto";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { postJson, REDIRECT_URI } from "./client.ts";
import type { System } from "./system.ts";

/** A client that authenticates with its own key (RFC 7523). */
export interface KeyClient {
  id: string;
  /** Form members that authenticate it; each call creates a new assertion, unless `jti` is given. */
  prove(
    claims?: Record<string, unknown>,
    options?: { alg?: string; key?: Parameters<SignJWT["sign"]>[0] },
  ): Promise<{
    client_id: string;
    client_assertion: string;
    client_assertion_type: string;
  }>;
}

export const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

export async function registerKeyClient(system: System): Promise<KeyClient> {
  const { publicKey, privateKey } = await generateKeyPair("ES256");
  const { json } = await postJson(`${system.issuer}/register`, {
    redirect_uris: [REDIRECT_URI],
    token_endpoint_auth_method: "private_key_jwt",
    jwks: { keys: [{ ...(await exportJWK(publicKey)), kid: "k", use: "sig", alg: "ES256" }] },
  });
  const id = String(json["client_id"]);
  return {
    id,
    prove: async (claims = {}, { alg = "ES256", key = privateKey } = {}) => {
      const now = Math.floor(Date.now() / 1000);
      const payload = {
        iss: id,
        sub: id,
        aud: system.issuer,
        iat: now,
        exp: now + 60,
        jti: randomUUID(),
        ...claims,
      };
      const assertion = await new SignJWT(payload).setProtectedHeader({ alg, kid: "k" }).sign(key);
      return { client_id: id, client_assertion: assertion, client_assertion_type: ASSERTION_TYPE };
    },
  };
}
