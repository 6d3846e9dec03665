import { randomBytes, randomUUID } from "node:crypto";
import { findById, allocateId } from "../model/rows.ts";
import type { Application, ApplicationToken, State, User } from "../model/state.ts";

/** A user's consent to an application: one row per pair of both. */
export const findGrant = (
  state: State,
  user: User,
  application: Application,
): ApplicationToken | undefined =>
  state.applicationTokens.find((row) => row.user === user.id && row.application === application.id);

/** A new single-use code; the previous one stops working. */
export function renewCode(row: ApplicationToken, state: string | null): void {
  row.auth_code = randomUUID();
  row.state = state;
}

/** Records the user's consent: creates the row, or issues a new code for an existing row. */
export function authorize(
  state: State,
  user: User,
  application: Application,
  flowState: string | null,
): ApplicationToken {
  let row = findGrant(state, user, application);
  if (row === undefined) {
    const id = allocateId(state, "applicationTokens");
    row = { id, user: user.id, application: application.id, auth_code: "", token: null, state: "" };
    state.applicationTokens.push(row);
  }
  renewCode(row, flowState);
  return row;
}

/**
 * Exchanges a code for the token, which is the same every time and never expires. The row then gets
 * a new code, because each code works once.
 *
 * @returns undefined when the three do not belong together.
 */
export function validate(
  state: State,
  flow: { application: unknown; auth_code: unknown; state: unknown },
): string | undefined {
  const row = state.applicationTokens.find(
    (candidate) =>
      candidate.application === flow.application &&
      candidate.auth_code === flow.auth_code &&
      candidate.state === flow.state,
  );
  if (row === undefined) return undefined;
  row.auth_code = randomUUID();
  row.token ??= createToken(row.id);
  return row.token;
}

/** Looks like one of Django's signed values; it is compared, never decoded. */
const createToken = (id: number): string =>
  [
    Buffer.from(JSON.stringify({ app_token_id: id })).toString("base64url"),
    randomBytes(4).toString("base64url"),
    randomBytes(32).toString("base64url"),
  ].join(":");

/** The user of a token, active or not, because Taiga does not check. */
export function findTokenUser(state: State, token: string): User | undefined {
  const row = state.applicationTokens.find((candidate) => candidate.token === token);
  return row && findById(state.users, row.user);
}

/** The redirect with a code; like Taiga, appends it without regard to an existing query. */
export const toNextUrl = ({ next_url }: Application, authCode: string | null): string =>
  `${next_url}?auth_code=${authCode ?? "None"}`;
