import type { AdapterPayload } from "oidc-provider";
import type { KeyNames } from "../../storage/key-names.ts";

/** How the store keeps records of one of oidc-provider's models. */
export interface RecordKind {
  key: (id: string) => string;
  /** Whether the content is secret too; for tokens and grants, hashed keys are enough. */
  isSealed: boolean;
  /** Whether oidc-provider expects the id as `jti`; it is never stored. */
  hasJti: boolean;
  /** Whether the record's end moves in the store, past the `exp` that oidc-provider wrote. */
  slides?: boolean;
  /** Lifetime when oidc-provider gives none, in seconds. */
  ttlSeconds?: number;
  /** Names of the indexes that a record enters. */
  indexes: (payload: AdapterPayload, id: string) => string[];
}

/** A client without any login is deleted after a day. */
export const UNUSED_CLIENT_TTL_SECONDS = 86_400;

const ofGrant =
  (keys: KeyNames) =>
  ({ grantId }: AdapterPayload): string[] =>
    grantId === undefined ? [] : [keys.grantIndex(grantId)];

/** Everything that oidc-provider stores, by the name of its model. */
export function toRecordKind(model: string, keys: KeyNames): RecordKind {
  const token = { isSealed: false, hasJti: true, indexes: ofGrant(keys) };
  const loose = { hasJti: true, indexes: () => [] };
  switch (model) {
    case "AccessToken":
      return { ...token, key: keys.accessToken };
    case "RefreshToken":
      return { ...token, key: keys.refreshToken };
    case "AuthorizationCode":
      return { ...token, key: keys.authorizationCode };
    case "Grant":
      return { ...token, key: keys.grant, slides: true, indexes: toGrantIndexes(keys) };
    case "Session":
      return { ...loose, key: keys.session, isSealed: true };
    case "Interaction":
      return { ...loose, key: keys.interaction, isSealed: true };
    case "ReplayDetection":
      return { ...loose, key: keys.replay, isSealed: false };
    case "Client":
      return {
        key: keys.client,
        isSealed: true,
        hasJti: false,
        ttlSeconds: UNUSED_CLIENT_TTL_SECONDS,
        indexes: (_payload, id) => [keys.clientIndex(id)],
      };
    case "RegistrationAccessToken":
      return {
        key: keys.registrationAccessToken,
        isSealed: false,
        hasJti: true,
        ttlSeconds: UNUSED_CLIENT_TTL_SECONDS,
        indexes: ({ clientId = "" }) => [keys.clientIndex(clientId)],
      };
    default:
      return { ...loose, key: (id) => keys.other(model, id), isSealed: true };
  }
}

const toGrantIndexes =
  (keys: KeyNames) =>
  ({ clientId = "", accountId = "" }: AdapterPayload, grantId: string): string[] => [
    keys.grantIndex(grantId),
    keys.clientGrants(clientId),
    keys.accountGrants(accountId),
  ];
