import * as field from "../http/fields.ts";
import { refusal, type Actor } from "../model/access.ts";
import { invalidFields, wrongArguments } from "../model/errors.ts";
import { findById } from "../model/rows.ts";
import type { State, User } from "../model/state.ts";

const FIELDS = {
  username: field.text(255),
  full_name: field.text(256),
  bio: field.text(),
  color: field.text(9),
  lang: field.text(20),
  theme: field.text(100),
  timezone: field.text(20),
  is_active: field.flag,
};

/**
 * `PATCH /users/{id}` by the user or a superuser. As in Taiga, users can lock themselves out with
 * `is_active`. A new e-mail address waits for a confirmation that is never mailed here.
 *
 * @throws {ApiError} as Taiga answers.
 */
export function editUser(
  state: State,
  actor: Actor,
  id: number | undefined,
  body: field.Body,
): User {
  const user = findById(state.users, id);
  const isAllowed = actor !== null && (actor.id === id || actor.is_superuser);
  if (user === undefined || !isAllowed) throw refusal(actor);
  const values = field.readFields(body, FIELDS, { required: ["username"], isEdit: true });
  verifyName(state, user, values.username);
  verifyEmail(state, user, body["email"]);
  return Object.assign(user, values);
}

/** @throws {ApiError} 400 for odd characters and for a name that is taken. */
function verifyName(state: State, user: User, name: string | undefined): void {
  if (name === undefined) return;
  if (!/^[\w.-]+$/.test(name)) {
    const message = "Required. 255 characters or fewer. Letters, numbers and /./-/_ characters'";
    throw invalidFields({ username: [message] });
  }
  const lower = name.toLowerCase();
  if (state.users.some((row) => row !== user && row.username.toLowerCase() === lower)) {
    throw invalidFields({ username: ["Invalid username. Try with a different one."] });
  }
}

/** @throws {ApiError} 400 for an address that is none or is taken. */
function verifyEmail(state: State, user: User, email: unknown): void {
  if (email === undefined || email === user.email) return;
  const text = field.toText(email);
  // The spelling is Taiga's.
  if (state.users.some((row) => row.email === text)) throw wrongArguments("Duplicated email");
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text)) throw wrongArguments("Invalid email");
}
