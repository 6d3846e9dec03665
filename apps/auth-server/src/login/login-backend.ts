import { CodedError } from "@taiga-mcp/service";

/** The user who logged in, as Taiga names them. */
export interface TaigaUser {
  /** Taiga's own numeric id, unique within one Taiga. */
  id: number;
  username: string;
  fullName: string;
}

/** A user's account at Taiga. The members that may change are never stored, but asked for again. */
export interface TaigaAccount extends TaigaUser {
  email: string;
  /** Whether the user has confirmed the address to Taiga. */
  isEmailVerified: boolean;
  isActive: boolean;
}

/** The result of a password login (`POST /auth`): the start of a chain of single-use refresh tokens. */
export interface BearerCredential {
  scheme: "Bearer";
  /** A JWT; `exp` is its expiry. */
  token: string;
  /** Single-use; exchanging it yields the next pair. */
  refreshToken: string;
}

/**
 * The result of Taiga's external-application flow. Such a token never expires, and Taiga has one for
 * each user: all grants of a user share it.
 */
export interface ApplicationCredential {
  scheme: "Application";
  token: string;
  /** The `state` of the flow; it must be kept as secret as the token, for the same time. */
  state: string;
  /** Taiga's id of the user. */
  userId: number;
  /** When Taiga last confirmed that the user is active, epoch seconds. */
  checkedAt: number;
}

/** A credential to call Taiga as one user; `scheme` goes into the `Authorization` header. */
export type TaigaCredentialRecord = BearerCredential | ApplicationCredential;

/** An authenticated user and the resulting credential. */
export interface TaigaLogin {
  user: TaigaUser;
  credential: TaigaCredentialRecord;
}

export type LoginOutcome =
  | { ok: true; account: TaigaAccount; credential: TaigaCredentialRecord }
  | {
      ok: false;
      /** The same for all causes, so that it does not reveal which user names exist. */
      reason: "wrong_credentials";
    };

/** One way for a user to authenticate at Taiga. */
export interface LoginBackend {
  /**
   * @param credentials.username user name or e-mail address, as typed.
   * @throws {UnavailableError} when Taiga does not answer or cannot check the password now.
   * @throws {LoginThrottledError} when Taiga throttles logins from this server's address.
   */
  login(credentials: { username: string; password: string }): Promise<LoginOutcome>;
}

/** Taiga refuses further logins from this server's address for now (its `login-fail` throttle). */
export class LoginThrottledError extends CodedError<"login_throttled"> {
  readonly retryAfterSeconds: number;

  constructor(retryAfterSeconds: number, options?: ErrorOptions) {
    super("login_throttled", "Taiga does not accept logins from this server right now.", options);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
