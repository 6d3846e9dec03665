// Keys whose signatures take long to verify are not registered.
import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { ClientMetadataError, toClientMetadata } from "../../src/clients/registration-request.ts";

const registerKeys = (...keys: object[]) =>
  toClientMetadata({
    redirect_uris: ["http://127.0.0.1:7777/callback"],
    token_endpoint_auth_method: "private_key_jwt",
    jwks: { keys },
  });

const bytes = (length: number): string => Buffer.alloc(length, 0xff).toString("base64url");

describe("a client's keys", () => {
  // @rule COST-13
  it.each([2_048, 4_096])("may be RSA keys of %i bits", (modulusLength) => {
    const { publicKey } = generateKeyPairSync("rsa", { modulusLength });
    const jwk = publicKey.export({ format: "jwk" });
    expect(registerKeys(jwk).jwks?.keys).toEqual([jwk]);
  });

  // @rule COST-13
  it("may be keys on curves", () => {
    const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    expect(registerKeys(publicKey.export({ format: "jwk" })).jwks?.keys).toHaveLength(1);
  });

  // @rule COST-13
  it.each([
    ["a modulus of 8192 bits", { n: bytes(1_024), e: "AQAB" }],
    ["an exponent of 3072 bits", { n: bytes(384), e: bytes(383) }],
  ])("must not have %s", (_what, members) => {
    const register = () => registerKeys({ kty: "RSA", ...members });
    expect(register).toThrow(ClientMetadataError);
    expect(register).toThrow("at most 4096 bits");
  });
});
