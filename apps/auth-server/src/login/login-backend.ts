import { CodedError } from "@taiga-mcp/service";

/** Who logged in, as Taiga names them. */
export interface TaigaUser {
  /** Taiga's own numeric id, unique within one Taiga. */
  id: number;
  username: string;
  fullName: string;
}

/** What Taiga says of a user itself; what of it may change is asked for again, never kept. */
export interface TaigaAccount extends TaigaUser {
  email: string;
  /** Whether Taiga has seen the user read mail at that address. */
  isEmailVerified: boolean;
  isActive: boolean;
}

/** What a password yields (`POST /auth`): the head of a chain of one-time refresh tokens. */
export interface BearerCredential {
  scheme: "Bearer";
  /** A JWT; its `exp` says when it ends. */
  token: string;
  /** Good once; using it yields the next pair. */
  refreshToken: string;
}

/**
 * What Taiga's external-application flow yields. Taiga knows no end of it, and has one for each
 * user: all grants of a user share it.
 */
export interface ApplicationCredential {
  scheme: "Application";
  token: string;
  /** What the flow was started with; as secret as the token, and for as long. */
  state: string;
  /** Whose it is, by Taiga's id. */
  userId: number;
  /** When Taiga last said that the user is active, epoch seconds. */
  checkedAt: number;
}

/** What lets us call Taiga as one user; `scheme` is that of the `Authorization` header. */
export type TaigaCredentialRecord = BearerCredential | ApplicationCredential;

/** A user who has proven who they are, with the credential that proof gave us. */
export interface TaigaLogin {
  user: TaigaUser;
  credential: TaigaCredentialRecord;
}

export type LoginOutcome =
  | { ok: true; account: TaigaAccount; credential: TaigaCredentialRecord }
  | {
      ok: false;
      /** Says no more than that, so that nobody learns which user names exist. */
      reason: "wrong_credentials";
    };

/** One way for a user to prove who they are to Taiga. */
export interface LoginBackend {
  /**
   * @param credentials.username user name or e-mail address, as typed.
   * @throws {UnavailableError} when Taiga does not answer or cannot check the password now.
   * @throws {LoginThrottledError} when Taiga lets nobody from here log in for a while.
   */
  login(credentials: { username: string; password: string }): Promise<LoginOutcome>;
}

/** Taiga refuses further logins from this server's address for now (its `login-fail` throttle). */
export class LoginThrottledError extends CodedError<"login_throttled"> {
  readonly retryAfterSeconds: number;

  constructor(retryAfterSeconds: number, options?: ErrorOptions) {
    super("login_throttled", "Taiga accepts no logins from this server right now.", options);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
