import type {
  ApplicationCredential,
  TaigaAccount,
  TaigaLogin,
} from "../../src/login/login-backend.ts";

export const ada: TaigaLogin = {
  user: { id: 5, username: "ada", fullName: "Ada Lovelace" },
  credential: { scheme: "Bearer", token: "access", refreshToken: "refresh" },
};

/** Taiga's user record, with these changes. */
export const toAccount = (changes: Partial<TaigaAccount> = {}): TaigaAccount => ({
  ...ada.user,
  email: "ada@example.com",
  isEmailVerified: true,
  isActive: true,
  ...changes,
});

/** The result of Taiga's application flow for Ada. */
export const application: ApplicationCredential = {
  scheme: "Application",
  token: "application-token",
  state: "state",
  userId: 5,
  checkedAt: 1,
};
