// What clients send, and what its answers must be.
import type fc from "fast-check";
import { expect } from "vitest";
import { type Answer, exchangeCode, introspect, postForm, refresh } from "../support/client.ts";
import {
  type ClientModel,
  expectedOfCode,
  expectedOfRefresh,
  isActive,
  type Link,
  type Login,
  receive,
} from "./login-model.ts";
import type { Replica, Replicas } from "./replicas.ts";

/** All logins so far; the commands choose one by its position, modulo their number. */
export interface Model {
  clients: ClientModel[];
  logins: Login[];
}

export type Command = fc.AsyncCommand<Model, Replicas>;

export const pick = <Item>(items: readonly Item[], position: number): Item =>
  items[position % items.length] as Item;

/**
 * A login that a command can do something with. Three of eight positions choose among all logins, so
 * that ended ones and used codes are tried, too.
 */
export function choose(
  { logins }: Model,
  position: number,
  isUseful: (login: Login) => boolean,
): Login {
  const useful = position < 5 ? logins.filter(isUseful) : [];
  return pick(useful.length > 0 ? useful : logins, position);
}

export const isConnected = ({ isEnded, chain }: Login): boolean => !isEnded && chain.length > 0;

export const hasLogin = ({ logins }: Model): boolean => logins.length > 0;

/** Every access token of a login, as any resource server sees it. */
export async function checkTokens(real: Replicas, login: Login): Promise<void> {
  for (const { token, expiresAt } of login.accessTokens) {
    const { json } = await introspect(real.system.url, token);
    expect(json["active"]).toBe(isActive(login, expiresAt, real.now()));
  }
}

/** Sends on one replica; while it is cut off, the answer must be harmless and change nothing. */
export async function send(replica: Replica, ask: (at: Replica) => Promise<Answer>) {
  const answer = await ask(replica);
  if (!replica.isCut) return answer;
  expect([answer.status, answer.json["error"]]).toEqual([503, "temporarily_unavailable"]);
  return undefined;
}

export const redeemAt =
  (login: Login, overrides: Record<string, string> = {}) =>
  ({ url: issuer }: Replica): Promise<Answer> =>
    exchangeCode({ issuer }, login.client.id, login.code, login.pkce, overrides);

export const refreshAt =
  (login: Login, { token }: Link) =>
  ({ url: issuer }: Replica): Promise<Answer> =>
    refresh({ issuer }, login.client.id, token);

export const revokeAt =
  ({ client }: Login, token: string) =>
  ({ url }: Replica): Promise<Answer> =>
    postForm(`${url}/revoke`, { client_id: client.id, token });

/** A client that was deleted is unknown, whatever it sends. */
export function expectRefusal(login: Login, { status, json }: Answer): void {
  const expected = login.client.isDeleted ? [401, "invalid_client"] : [400, "invalid_grant"];
  expect([status, json["error"]]).toEqual(expected);
}

/** Compares the answer to a code with the model, and moves the model on. */
export function takeCodeAnswer(login: Login, answer: Answer, now: number, isProven = true): void {
  const expected = expectedOfCode(login, now, isProven);
  if (expected === "new") {
    expect(answer.status).toBe(200);
    login.redeemed = { earliest: now, latest: now };
    receive(login, answer, now);
    return;
  }
  expectRefusal(login, answer);
  if (expected === "ends") login.isEnded = true;
}

/** The same for a refresh token. */
export function takeRefreshAnswer(login: Login, link: Link, answer: Answer, now: number): void {
  const expected = expectedOfRefresh(login, link, now);
  if (expected === "new") {
    expect(answer.status).toBe(200);
    link.used = { earliest: now, latest: now, answer: receive(login, answer, now) };
  } else if (expected === "same") {
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual(link.used?.answer);
  } else {
    expectRefusal(login, answer);
    if (expected === "ends") login.isEnded = true;
  }
}
