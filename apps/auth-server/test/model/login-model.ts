// What a login must do, second by second.
import type { Answer, Pkce, Tokens } from "../support/client.ts";
import { ACCESS_TOKEN_SECONDS, CODE_SECONDS, GRACE_SECONDS, GRANT_SECONDS } from "./replicas.ts";

/** How long the client of a code may repeat it without harm. */
const REPEAT_SECONDS = 10;

/** A moment that a failure leaves uncertain, in epoch seconds. */
export interface Moment {
  earliest: number;
  latest: number;
}

/** A refresh token that a client has received. */
export interface Link {
  token: string;
  issuedAt: number;
  used?: Moment & { answer: Tokens };
}

export interface Login {
  client: ClientModel;
  code: string;
  pkce: Pkce;
  issuedAt: number;
  redeemed?: Moment;
  /** In the order of their rotation: one living chain. */
  chain: Link[];
  accessTokens: { token: string; expiresAt: number }[];
  isEnded: boolean;
}

/** A login whose client has its code. */
export const toLogin = (code: Pick<Login, "client" | "code" | "pkce" | "issuedAt">): Login => ({
  ...code,
  chain: [],
  accessTokens: [],
  isEnded: false,
});

/** Refresh tokens that give new tokens: there must never be two. */
export const livingLinks = ({ isEnded, chain }: Login): Link[] =>
  isEnded ? [] : chain.filter(({ used }) => used === undefined);

export interface ClientModel {
  id: string;
  /** Where it changes its registration (RFC 7592), and its header for that. */
  uri: string;
  authorization: string;
  isDeleted: boolean;
}

/**
 * What a request must do: `new` tokens, the `same` tokens again, be `refused`, or be refused and
 * `end` the login. `open` when the moment is uncertain.
 */
export type Outcome = "new" | "same" | "refused" | "ends" | "open";

/** @param isProven the right client sends it, with the right verifier and redirect URI. */
export function expectedOfCode(login: Login, now: number, isProven: boolean): Outcome {
  const isKept = !login.isEnded && now < login.issuedAt + CODE_SECONDS;
  if (!isKept) return "refused";
  if (login.redeemed === undefined) return isProven ? "new" : "refused";
  if (!isProven || now > login.redeemed.latest + REPEAT_SECONDS) return "ends";
  return now <= login.redeemed.earliest + REPEAT_SECONDS ? "refused" : "open";
}

export function expectedOfRefresh(login: Login, link: Link, now: number): Outcome {
  if (login.isEnded || now >= link.issuedAt + GRANT_SECONDS) return "refused";
  if (link.used === undefined) return "new";
  if (now >= link.used.latest + GRACE_SECONDS) return "ends";
  if (now >= link.used.earliest + GRACE_SECONDS) return "open";
  const successor = login.chain[login.chain.indexOf(link) + 1];
  return successor?.used === undefined ? "same" : "refused";
}

export const isActive = (login: Login, expiresAt: number, now: number): boolean =>
  !login.isEnded && now < expiresAt;

/** The client has received new tokens. */
export function receive(login: Login, answer: Answer, now: number): Tokens {
  const tokens = answer.json as unknown as Tokens;
  login.chain.push({ token: tokens.refresh_token, issuedAt: now });
  login.accessTokens.push({ token: tokens.access_token, expiresAt: now + ACCESS_TOKEN_SECONDS });
  return tokens;
}
