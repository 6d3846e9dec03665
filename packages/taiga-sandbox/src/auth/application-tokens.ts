import { randomBytes, randomUUID } from "node:crypto";
import { findById, allocateId } from "../model/rows.ts";
import type { Application, ApplicationToken, State, User } from "../model/state.ts";

/** What a user has let an application do: one row of each pair. */
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

/** The user agrees: a first row, or another code for the one that is there. */
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
 * Trades a code for the token, which is the same every time and never expires. Afterwards the row
 * has another code: each one works once.
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

/** The user of a token, active or not: Taiga does not look. */
export function findTokenUser(state: State, token: string): User | undefined {
  const row = state.applicationTokens.find((candidate) => candidate.token === token);
  return row && findById(state.users, row.user);
}

/** Where the browser goes with a code; Taiga appends it whatever stands there already. */
export const toNextUrl = ({ next_url }: Application, authCode: string | null): string =>
  `${next_url}?auth_code=${authCode ?? "None"}`;
