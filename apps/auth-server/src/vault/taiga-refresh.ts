import type { Clock } from "@taiga-mcp/service";
import { TaigaError } from "@taiga-mcp/taiga-client";
import type { IsAllowed } from "../login/allow-list.ts";
import type { TaigaAccount, TaigaCredentialRecord } from "../login/login-backend.ts";

/** The longest one attempt may take before it is given up. */
const ATTEMPT_MS = 20_000;

/** How Taiga says that a credential will never be good again. */
const REFUSALS: ReadonlySet<string> = new Set([
  "token_not_valid",
  "user_inactive",
  "user_not_found",
]);

/** Asks Taiga for the pair that follows a refresh token: `POST /auth/refresh`. */
export type RefreshAtTaiga = (
  refreshToken: string,
  /** Aborts when the vault has waited long enough. */
  signal: AbortSignal,
) => Promise<{ authToken: string; refreshToken: string }>;

/** Asks Taiga whose a credential is: `GET /users/me`. */
export type AskWhoIs = (
  credential: Pick<TaigaCredentialRecord, "scheme" | "token">,
  signal: AbortSignal,
) => Promise<TaigaAccount>;

export type Answer =
  /** Use this from now on. */
  | { kind: "good"; credential: TaigaCredentialRecord }
  /** It is over; `reason` is for the log. */
  | { kind: "refused"; reason: string }
  /** Taiga did not say. */
  | { kind: "none"; cause: TaigaError };

export interface TaigaRefreshDeps {
  refresh: RefreshAtTaiga;
  whoIs: AskWhoIs;
  /** Who may use this installation; left out, everybody in Taiga. */
  isAllowed?: IsAllowed | undefined;
  clock: Clock;
}

/** What Taiga has to say of a credential. */
export interface TaigaRefresh {
  /** Trades a login for its next pair; asks of an application's token whether its user still is. */
  renew(credential: TaigaCredentialRecord): Promise<Answer>;
  /** Whether the user of a credential that works is one for whom this installation is (still). */
  admit(credential: TaigaCredentialRecord): Promise<Answer>;
}

export function createTaigaRefresh(deps: TaigaRefreshDeps): TaigaRefresh {
  const { refresh, whoIs, isAllowed, clock } = deps;

  const renewOnce = (credential: TaigaCredentialRecord): Promise<Answer> =>
    credential.scheme === "Application"
      ? check(credential)
      : attempt(async (signal) => {
          const pair = await refresh(credential.refreshToken, signal);
          const { authToken: token, refreshToken } = pair;
          return { kind: "good", credential: { scheme: "Bearer", token, refreshToken } };
        });

  /** Taiga lets an application work for a user who is inactive, so that is ours to look at. */
  const check = (credential: TaigaCredentialRecord): Promise<Answer> =>
    attempt(async (signal) => {
      const account = await whoIs(credential, signal);
      if (!account.isActive) return { kind: "refused", reason: "user_inactive" };
      if (isAllowed?.(account) === false) return { kind: "refused", reason: "not_admitted" };
      if (credential.scheme === "Bearer") return { kind: "good", credential };
      return { kind: "good", credential: { ...credential, checkedAt: clock() } };
    }, credential);

  return {
    renew: async (credential) => {
      const first = await renewOnce(credential);
      // Carried out or not: only asking again can tell.
      return first.kind === "none" && first.cause.outcomeUnknown ? renewOnce(credential) : first;
    },
    admit: async (credential) =>
      isAllowed === undefined ? { kind: "good", credential } : check(credential),
  };
}

async function attempt(
  ask: (signal: AbortSignal) => Promise<Answer>,
  used?: TaigaCredentialRecord,
): Promise<Answer> {
  try {
    return await ask(AbortSignal.timeout(ATTEMPT_MS));
  } catch (error) {
    if (!(error instanceof TaigaError)) throw error;
    // What Taiga says of an application's token whose row was deleted.
    const isRevoked = used?.scheme === "Application" && error.code === "not_authenticated";
    if (isRevoked || REFUSALS.has(error.code)) return { kind: "refused", reason: error.code };
    return { kind: "none", cause: error };
  }
}
