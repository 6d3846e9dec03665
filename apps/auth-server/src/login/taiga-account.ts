import type { TaigaAccount } from "./login-backend.ts";

/** What Taiga answers to a login and at `/users/me`, as far as we read it. */
export interface OwnUser {
  id: number;
  username: string;
  full_name_display: string;
  email: string;
  /** Taiga before 6 does not say. */
  verified_email: boolean | null;
  is_active: boolean;
}

/** Taiga's own words in ours. */
export const toTaigaAccount = (user: OwnUser): TaigaAccount => ({
  id: user.id,
  username: user.username,
  fullName: user.full_name_display,
  email: user.email,
  isEmailVerified: user.verified_email === true,
  isActive: user.is_active,
});
