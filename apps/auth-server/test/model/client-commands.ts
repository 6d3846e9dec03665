// What clients and users do.
import { expect } from "vitest";
import {
  type Answer,
  authorize,
  createPkce,
  postJson,
  REDIRECT_URI,
  request,
  toAuthorizeParams,
} from "../support/client.ts";
import { expectedOfCode, expectedOfRefresh, receive, toLogin } from "./login-model.ts";
import { CODE_SECONDS } from "./replicas.ts";
import {
  checkTokens,
  choose,
  type Command,
  expectRefusal,
  hasLogin,
  isConnected,
  pick,
  redeemAt,
  refreshAt,
  revokeAt,
  send,
  takeCodeAnswer,
  takeRefreshAnswer,
} from "./requests.ts";

/** @param redeemAtReplica where the client redeems the code at once; left out, it does not. */
export const logIn = (
  isNewClient: boolean,
  position: number,
  redeemAtReplica: number | undefined,
): Command => ({
  check: () => true,
  run: async (model, real) => {
    const { system, replicas } = real;
    if (isNewClient || model.clients.every(({ isDeleted }) => isDeleted)) {
      const { json } = await postJson(`${system.url}/register`, { redirect_uris: [REDIRECT_URI] });
      model.clients.push({
        id: String(json["client_id"]),
        uri: String(json["registration_client_uri"]),
        authorization: `Bearer ${String(json["registration_access_token"])}`,
        isDeleted: false,
      });
    }
    const client = pick(
      model.clients.filter(({ isDeleted }) => !isDeleted),
      isNewClient ? model.clients.length - 1 : position,
    );
    const pkce = createPkce();
    const answer = await authorize(system, toAuthorizeParams(client.id, pkce));
    const code = answer.get("code") ?? "";
    const issuedAt = real.now();
    const login = toLogin({ client, code, pkce, issuedAt });
    model.logins.push(login);
    if (redeemAtReplica === undefined) return;
    const redeemed = await send(pick(replicas, redeemAtReplica), redeemAt(login));
    if (redeemed !== undefined) takeCodeAnswer(login, redeemed, real.now());
  },
  toString: () =>
    `logIn(${isNewClient ? "new client" : position}${redeemAtReplica === undefined ? "" : `, redeem at replica ${redeemAtReplica}`})`,
});

export const redeem = (position: number, at: number, isProven: boolean): Command => ({
  check: hasLogin,
  run: async (model, real) => {
    const login = choose(
      model,
      position,
      ({ isEnded, issuedAt }) => !isEnded && real.now() < issuedAt + CODE_SECONDS,
    );
    if (expectedOfCode(login, real.now(), isProven) === "open") return;
    const overrides = isProven ? {} : { code_verifier: createPkce().verifier };
    const answer = await send(pick(real.replicas, at), redeemAt(login, overrides));
    if (answer !== undefined) takeCodeAnswer(login, answer, real.now(), isProven);
    await checkTokens(real, login);
  },
  toString: () => `redeem(${position}, replica ${at}${isProven ? "" : ", wrong verifier"})`,
});

export const redeemTogether = (position: number): Command => ({
  check: hasLogin,
  run: async (model, real) => {
    const login = choose(
      model,
      position,
      ({ isEnded, redeemed }) => !isEnded && redeemed === undefined,
    );
    const isNew = expectedOfCode(login, real.now(), true) === "new";
    const healthy = real.replicas.filter(({ isCut }) => !isCut);
    if (!isNew || healthy.length === 0) return;
    const answers = await Promise.all([...healthy, ...healthy].map(redeemAt(login)));
    const winners = answers.filter(({ status }) => status === 200);
    expect(winners).toHaveLength(1);
    for (const loser of answers.filter(({ status }) => status !== 200)) expectRefusal(login, loser);
    takeCodeAnswer(login, winners[0] as Answer, real.now());
    await checkTokens(real, login);
  },
  toString: () => `redeemTogether(${position})`,
});

/** @param back how many rotations ago the client got the token it sends. */
export const rotate = (position: number, at: number, back: number): Command => ({
  check: hasLogin,
  run: async (model, real) => {
    const login = choose(model, position, isConnected);
    const link = login.chain.at(-1 - back) ?? login.chain.at(-1);
    if (link === undefined || expectedOfRefresh(login, link, real.now()) === "open") return;
    const answer = await send(pick(real.replicas, at), refreshAt(login, link));
    if (answer !== undefined) takeRefreshAnswer(login, link, answer, real.now());
    await checkTokens(real, login);
  },
  toString: () => `refresh(${position}, replica ${at}, ${back} back)`,
});

export const rotateTogether = (position: number): Command => ({
  check: hasLogin,
  run: async (model, real) => {
    const login = choose(model, position, isConnected);
    const link = login.chain.at(-1);
    const healthy = real.replicas.filter(({ isCut }) => !isCut);
    if (link === undefined || healthy.length === 0) return;
    if (expectedOfRefresh(login, link, real.now()) !== "new") return;
    const answers = await Promise.all([...healthy, ...healthy].map(refreshAt(login, link)));
    for (const answer of answers) takeRefreshAnswer(login, link, answer, real.now());
    await checkTokens(real, login);
  },
  toString: () => `refreshTogether(${position})`,
});

export const revoke = (position: number, at: number, isRacing: boolean): Command => ({
  check: hasLogin,
  run: async (model, real) => {
    const login = choose(model, position, isConnected);
    const link = login.chain.at(-1);
    // Only a token that the server still knows leads to its login.
    if (link === undefined || login.isEnded || login.client.isDeleted) return;
    if (expectedOfRefresh(login, link, real.now()) !== "new") return;
    const replica = pick(real.replicas, at);
    const rival = pick(real.replicas, at + 1);
    const racing = isRacing && !rival.isCut ? refreshAt(login, link)(rival) : undefined;
    const answer = await send(replica, revokeAt(login, link.token));
    const late = await racing;
    if (answer !== undefined) {
      expect(answer.status).toBe(200);
      login.isEnded = true;
      // Whatever the rival got, it is worth nothing.
      if (late?.status === 200) receive(login, late, real.now());
      else if (late !== undefined) expectRefusal(login, late);
    } else if (late !== undefined) {
      takeRefreshAnswer(login, link, late, real.now());
    }
    await checkTokens(real, login);
  },
  toString: () => `revoke(${position}, replica ${at}${isRacing ? ", racing" : ""})`,
});

export const deleteClient = (position: number): Command => ({
  check: ({ clients }) => clients.some(({ isDeleted }) => !isDeleted),
  run: async ({ clients, logins }, real) => {
    const client = pick(
      clients.filter(({ isDeleted }) => !isDeleted),
      position,
    );
    const { authorization } = client;
    const { status } = await request(client.uri, { method: "DELETE", headers: { authorization } });
    expect(status).toBe(204);
    client.isDeleted = true;
    for (const login of logins.filter((each) => each.client === client)) {
      login.isEnded = true;
      await checkTokens(real, login);
    }
  },
  toString: () => `deleteClient(${position})`,
});
