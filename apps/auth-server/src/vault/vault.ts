import {
  bestEffort,
  type Clock,
  CodedError,
  createSingleFlight,
  type Logger,
  UnavailableError,
} from "@taiga-mcp/service";
import { type Kv, updateEntry } from "@taiga-mcp/store";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import type { Sealer } from "../secrets/seal.ts";
import type { IsAllowed } from "../login/allow-list.ts";
import type { TaigaCredentialRecord, TaigaLogin, TaigaUser } from "../login/login-backend.ts";
import { hash, type KeyNames } from "../storage/key-names.ts";
import { type AskWhoIs, createTaigaRefresh, type RefreshAtTaiga } from "./taiga-refresh.ts";
import {
  createCredentialStore,
  type StoredCredential,
  TaigaCredential,
} from "./credential-store.ts";
import { createRenewal, type RenewalOutcome } from "./renewal.ts";
import type { RefreshSchedule } from "./refresh-schedule.ts";
import { createSealedJson } from "./sealed-json.ts";
import type { ApplicationTokenLifecycle } from "./application-token-lifecycle.ts";
import { toExpiry, toRenewAhead } from "./token-expiry.ts";

/** How long a user may take to answer the consent page. */
const HELD_SECONDS = 600;
/** A consent that takes longer than this is considered failed, and may be given again. */
const TAKEOVER_SECONDS = 5;

/** The only module that stores Taiga credentials: one record for each grant. */
export interface Vault {
  /**
   * Holds a login for 10 minutes, until its user has consented.
   * @param uid id of the interaction; the same at login and at consent.
   */
  hold(uid: string, login: TaigaLogin): Promise<void>;
  /** The user whose login is held; `undefined` when none is held (any more). */
  heldUser(uid: string): Promise<TaigaUser | undefined>;
  /** Taiga's access token of a held login, for requests that the consent page needs. */
  heldToken(uid: string): Promise<Pick<TaigaToken, "token" | "scheme"> | undefined>;
  /**
   * Called at consent: assigns the held credential to the grant. Until `forget` it stays held as
   * well, so that the user can consent again when this consent fails: after five seconds another
   * grant may take it over, which ends the first one.
   * @returns false when the held login is gone, or another grant has just taken it: a chain of
   *   refresh tokens never has two owners.
   */
  claim(uid: string, grantId: string): Promise<boolean>;
  /** Called after the consent: deletes the held copy. If that fails, the copy expires by itself. */
  forget(uid: string): Promise<void>;
  /** Deletes a held login, and revokes it at Taiga where Taiga supports that. */
  discard(uid: string): Promise<void>;
  /** Revokes a login at Taiga where Taiga supports that, unless a grant or held login shares it. */
  release(credential: TaigaCredentialRecord): Promise<void>;
  /**
   * A valid Taiga token; renewed first when it is about to expire.
   * @param options.rejected base64url SHA-256 of the token that Taiga has just rejected with 401.
   *   That token is returned only when Taiga confirms it after all.
   * @returns `expiresAt` in epoch seconds: when to call this again at the latest.
   * @throws {CredentialLostError} when the user must log in again.
   * @throws {UnavailableError} when the store, or Taiga while it is needed, does not answer.
   */
  token(grantId: string, options?: { rejected?: string }): Promise<TaigaToken>;
  /**
   * Renews the login now, whether or not it is in use, so that it does not expire.
   * @returns `postponed` when Taiga does not answer, `lost` when Taiga has ended the login, `gone`
   *   when the grant has ended.
   */
  renew(grantId: string): Promise<"renewed" | "postponed" | "lost" | "gone">;
  /** Looks into the store only, never asks Taiga. */
  status(grantId: string): Promise<"live" | "lost">;
}

/** A token for requests to Taiga. */
interface TaigaToken {
  token: string;
  scheme: TaigaCredentialRecord["scheme"];
  /** Epoch seconds. */
  expiresAt: number;
}

/** Taiga has ended the login, or it was revoked here: the user must log in again. */
export class CredentialLostError extends CodedError<"credential_lost"> {
  constructor() {
    super("credential_lost", "The Taiga login has ended. Connect again to log in.");
  }
}

export interface VaultDeps {
  kv: Kv;
  seal: Sealer;
  clock: Clock;
  refresh: RefreshAtTaiga;
  whoIs: AskWhoIs;
  /** Who may use this installation, checked at each renewal; without it, every user of this Taiga. */
  isAllowed?: IsAllowed | undefined;
  /** Lifetime of a new grant until the client exchanges its code. */
  ttlSeconds: number;
  /** Ends the grant of a lost login, so that its client starts a new one. */
  endGrant: (grantId: string) => Promise<void>;
  /** Plans the renewals of unused logins. */
  schedule: Pick<RefreshSchedule, "plan">;
  applicationTokens: Pick<ApplicationTokenLifecycle, "note" | "release">;
  toAccountId: (userId: number) => string;
  keys: Pick<KeyNames, "vault" | "vaultLock" | "heldCredential" | "grantIndex" | "accountHeld">;
  logger: Logger;
  sleep?: (ms: number) => Promise<unknown>;
}

const HeldLogin = z.object({
  user: z.object({ id: z.number(), username: z.string(), fullName: z.string() }),
  credential: TaigaCredential,
  /** The grant that has taken the credential, and when, in epoch seconds. */
  keeper: z.object({ grantId: z.string(), since: z.number() }).optional(),
});
type HeldLogin = z.output<typeof HeldLogin>;

export function createVault(deps: VaultDeps): Vault {
  const { kv, clock, keys, toAccountId, logger, sleep = delay } = deps;
  const { release } = deps.applicationTokens;
  const held = createSealedJson<HeldLogin>({ ...deps, schema: HeldLogin });
  const credentials = createCredentialStore({ ...deps, sleep });
  const taiga = createTaigaRefresh(deps);
  const renewal = createRenewal({ ...deps, taiga, credentials, release, sleep });
  const singleFlight = createSingleFlight<RenewalOutcome>();
  /** Callers in this process that saw the same record share one renewal. */
  const renew = (grantId: string, seen: StoredCredential): Promise<RenewalOutcome> =>
    singleFlight(`${grantId} ${seen.sealed}`, () => renewal(grantId, seen));

  const isBeingTaken = ({ keeper }: HeldLogin): boolean =>
    keeper !== undefined && clock() <= keeper.since + TAKEOVER_SECONDS;

  const toToken = (credential: TaigaCredentialRecord): TaigaToken => ({
    token: credential.token,
    scheme: credential.scheme,
    expiresAt: toExpiry(credential),
  });

  return {
    hold: async (uid, { user, credential }) => {
      const key = keys.heldCredential(uid);
      await deps.applicationTokens.note(credential);
      await kv.set(key, await held.seal(key, { user, credential }), {
        ttlSeconds: HELD_SECONDS,
        indexes: [keys.accountHeld(toAccountId(user.id))],
      });
    },

    heldUser: async (uid) => (await held.read(keys.heldCredential(uid)))?.value.user,

    heldToken: async (uid) => (await held.read(keys.heldCredential(uid)))?.value.credential,

    claim: async (uid, grantId) => {
      const key = keys.heldCredential(uid);
      const login = await updateEntry(kv, key, async (entry) => {
        const found = entry && (await held.open(key, entry.value));
        if (found === undefined || isBeingTaken(found)) return { result: undefined };
        const keeper = { grantId, since: clock() };
        return { value: await held.seal(key, { ...found, keeper }), result: found };
      });
      if (login === undefined) return false;
      if (login.keeper !== undefined) await deps.endGrant(login.keeper.grantId);
      await credentials.create(grantId, login.credential);
      return true;
    },

    forget: async (uid) => {
      const message = "deferred delete failed; held login will expire";
      await bestEffort(() => kv.delete(keys.heldCredential(uid)), logger, message);
    },

    discard: async (uid) => {
      const key = keys.heldCredential(uid);
      const login = await held.read(key);
      await kv.delete(key);
      // In the background: the caller need not wait for Taiga, and `release` never rejects.
      if (login !== undefined) void release(login.value.credential);
    },

    release,

    token: async (grantId, { rejected } = {}) => {
      const seen = await credentials.read(grantId);
      if (seen === undefined) throw new CredentialLostError();
      const { credential } = seen;
      const refused = hash(credential.token) === rejected;
      if (!refused && toExpiry(credential) - clock() >= toRenewAhead(seen)) {
        return toToken(credential);
      }

      const outcome = await renew(grantId, seen);
      if (outcome.kind === "lost") throw new CredentialLostError();
      if (outcome.kind === "renewed") return toToken(outcome.credential);
      if (!refused && toExpiry(credential) > clock()) return toToken(credential);
      throw new UnavailableError("Taiga cannot renew the login right now.", {
        cause: outcome.cause,
      });
    },

    renew: async (grantId) => {
      const seen = await credentials.read(grantId);
      if (seen !== undefined) return (await renew(grantId, seen)).kind;
      return (await credentials.has(grantId)) ? "lost" : "gone";
    },

    status: async (grantId) => ((await credentials.read(grantId)) === undefined ? "lost" : "live"),
  };
}
