import { type Clock, CodedError, type Logger, UnavailableError } from "@taiga-mcp/service";
import type { Kv } from "@taiga-mcp/store";
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import type { Sealer } from "../secrets/seal.ts";
import type { IsAllowed } from "../login/allow-list.ts";
import type { TaigaCredentialRecord, TaigaLogin, TaigaUser } from "../login/login-backend.ts";
import { hash, type KeyNames } from "../storage/key-names.ts";
import { type AskWhoIs, createTaigaRefresh, type RefreshAtTaiga } from "./taiga-refresh.ts";
import { createCredentialStore, TaigaCredential } from "./credential-store.ts";
import { createRenewal, type Renew, type RenewalOutcome } from "./renewal.ts";
import type { RefreshSchedule } from "./refresh-schedule.ts";
import { createSealedJson } from "./sealed-json.ts";
import type { ApplicationTokenLifecycle } from "./application-token-lifecycle.ts";
import { toExpiry } from "./token-expiry.ts";

/** How long a user may take to answer the consent page. */
const HELD_SECONDS = 600;
/** A consent that is at work for longer than this is taken for dead, and may be given again. */
const TAKEOVER_SECONDS = 5;
/** Tokens are renewed this long before they end, so that what is handed out lasts a while. */
const RENEW_AHEAD_SECONDS = 300;

/** The only place that holds Taiga credentials, one record a grant. */
export interface Vault {
  /**
   * Keeps a login until its user has consented, for 10 minutes.
   * @param uid of the interaction; the same at login and at consent.
   */
  hold(uid: string, login: TaigaLogin): Promise<void>;
  /** Whose login is held; `undefined` when there is none (any more). */
  holder(uid: string): Promise<TaigaUser | undefined>;
  /** Taiga's access token of a held login, to look something up for its consent page. */
  heldToken(uid: string): Promise<Pick<TaigaToken, "token" | "scheme"> | undefined>;
  /**
   * Consent: puts the held credential under the grant, to die with it. Until `forget` it stays held
   * as well, so that a consent that fails on its way can be given again: after five seconds another
   * grant may take it over, which ends the first one.
   * @returns false when it is gone, or another grant's just now: no chain of refresh tokens ever has
   *   two owners.
   */
  keep(uid: string, grantId: string): Promise<boolean>;
  /** The consent is answered: its grant alone has the credential. What is left ends by itself. */
  forget(uid: string): Promise<void>;
  /** Forgets a held login, here and, where it can be, at Taiga. */
  discard(uid: string): Promise<void>;
  /** Forgets at Taiga, where it can be, a login that was not held and that no grant shares. */
  release(credential: TaigaCredentialRecord): Promise<void>;
  /**
   * A Taiga token that works now, renewed when it is about to end.
   * @param options.rejected base64url SHA-256 of the token that Taiga has just refused with 401:
   *   that one is the answer only when Taiga, asked once more, takes it after all.
   * @returns `expiresAt` in epoch seconds: when to ask here again at the latest.
   * @throws {CredentialLostError} when the user must log in again.
   * @throws {UnavailableError} when the store, or Taiga while it is needed, does not answer.
   */
  token(grantId: string, options?: { rejected?: string }): Promise<TaigaToken>;
  /**
   * Renews the login now, whether it is in use or not, so that it does not end by itself.
   * @returns `postponed` when Taiga does not answer, `lost` when it has ended the login, `gone`
   *   when the grant has ended.
   */
  renew(grantId: string): Promise<"renewed" | "postponed" | "lost" | "gone">;
  /** Asks the store only, never Taiga. */
  status(grantId: string): Promise<"live" | "lost">;
}

/** What one request to Taiga needs. */
interface TaigaToken {
  token: string;
  scheme: TaigaCredentialRecord["scheme"];
  /** Epoch seconds. */
  expiresAt: number;
}

/** Taiga has ended the login, or it was revoked here: only a new login helps. */
export class CredentialLostError extends CodedError<"credential_lost"> {
  constructor() {
    super("credential_lost", "The login at Taiga has ended. Connect again to log in anew.");
  }
}

export interface VaultDeps {
  kv: Kv;
  seal: Sealer;
  clock: Clock;
  refresh: RefreshAtTaiga;
  whoIs: AskWhoIs;
  /** Who may use this installation, asked at each renewal; left out, everybody in Taiga. */
  isAllowed?: IsAllowed | undefined;
  /** How long a new grant waits for its code to be exchanged. */
  ttlSeconds: number;
  /** Ends the grant of a credential that Taiga has ended, so that its client starts a new login. */
  endGrant: (grantId: string) => Promise<void>;
  /** Where the renewals of logins that nobody uses are planned. */
  schedule: Pick<RefreshSchedule, "plan">;
  applicationTokens: Pick<ApplicationTokenLifecycle, "note" | "release">;
  toAccountId: (userId: number) => string;
  keys: Pick<KeyNames, "vault" | "vaultLock" | "heldCredential" | "grantIndex" | "accountHeld">;
  logger: Logger;
  sleep?: (ms: number) => Promise<unknown>;
  /** An unguessable text at each call. */
  random?: () => string;
}

const HeldLogin = z.object({
  user: z.object({ id: z.number(), username: z.string(), fullName: z.string() }),
  credential: TaigaCredential,
  /** The grant that has it by now, and since when, epoch seconds. */
  keeper: z.object({ grantId: z.string(), since: z.number() }).optional(),
});

export function createVault(deps: VaultDeps): Vault {
  const { kv, clock, keys, toAccountId, sleep = delay, random = randomUUID } = deps;
  const { release } = deps.applicationTokens;
  const held = createSealedJson<z.output<typeof HeldLogin>>({ ...deps, schema: HeldLogin });
  const credentials = createCredentialStore({ ...deps, sleep });
  const renew = shareFlights(
    createRenewal({
      ...deps,
      taiga: createTaigaRefresh(deps),
      credentials,
      release,
      sleep,
      random,
    }),
  );

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

    holder: async (uid) => (await held.read(keys.heldCredential(uid)))?.value.user,

    heldToken: async (uid) => (await held.read(keys.heldCredential(uid)))?.value.credential,

    keep: async (uid, grantId) => {
      const key = keys.heldCredential(uid);
      const login = await held.read(key);
      const earlier = login?.value.keeper;
      const isTaken = earlier !== undefined && clock() <= earlier.since + TAKEOVER_SECONDS;
      if (login === undefined || isTaken) return false;
      const { value, sealed, expiresAt } = login;
      const keeper = { grantId, since: clock() };
      // Of two that try at once, the store lets exactly one write over what both have read.
      const taken = await kv.compareAndSet(
        key,
        sealed,
        await held.seal(key, { ...value, keeper }),
        {
          ttlSeconds: Math.max(1, expiresAt - clock()),
        },
      );
      if (!taken) return false;
      if (earlier !== undefined) await deps.endGrant(earlier.grantId);
      await credentials.create(grantId, value.credential);
      return true;
    },

    forget: async (uid) => {
      try {
        await kv.delete(keys.heldCredential(uid));
      } catch (error) {
        if (!(error instanceof UnavailableError)) throw error;
        deps.logger.warn({ err: error }, "a login that was consented to is held until it ends");
      }
    },

    discard: async (uid) => {
      const key = keys.heldCredential(uid);
      const login = await held.read(key);
      await kv.delete(key);
      // Nobody need wait for Taiga; it never fails.
      if (login !== undefined) void release(login.value.credential);
    },

    release,

    token: async (grantId, { rejected } = {}) => {
      const seen = await credentials.read(grantId);
      if (seen === undefined) throw new CredentialLostError();
      const { credential } = seen;
      const refused = hash(credential.token) === rejected;
      if (!refused && toExpiry(credential) - clock() >= RENEW_AHEAD_SECONDS) {
        return toToken(credential);
      }

      const outcome = await renew(grantId, seen);
      if (outcome.kind === "lost") throw new CredentialLostError();
      if (outcome.kind === "renewed") return toToken(outcome.credential);
      if (!refused && toExpiry(credential) > clock()) return toToken(credential);
      throw new UnavailableError("Taiga does not renew the login right now.", {
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

/** Callers of this process that saw the same record share one renewal. */
function shareFlights(renew: Renew): Renew {
  const flights = new Map<string, Promise<RenewalOutcome>>();
  return (grantId, seen) => {
    const name = `${grantId} ${seen.sealed}`;
    const flight = flights.get(name) ?? renew(grantId, seen).finally(() => flights.delete(name));
    flights.set(name, flight);
    return flight;
  };
}
