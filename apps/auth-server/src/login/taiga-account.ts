import type { TaigaAccount } from "./login-backend.ts";

/** The members of Taiga's answer to a login and at `/users/me` that are used here. */
export interface OwnUser {
  id: number;
  username: string;
  full_name_display: string;
  email: string;
  /** `null` in versions before Taiga 6. */
  verified_email: boolean | null;
  is_active: boolean;
}

export const toTaigaAccount = (user: OwnUser): TaigaAccount => ({
  id: user.id,
  username: user.username,
  fullName: user.full_name_display,
  email: user.email,
  isEmailVerified: user.verified_email === true,
  isActive: user.is_active,
});
