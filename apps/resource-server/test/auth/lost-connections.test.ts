import { UnavailableError } from "@taiga-mcp/service";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { createAuthorizationServer } from "../../src/auth/authorization-server.ts";

const TIMEOUT_MS = 30_000;

/** An authorization server of which each answer is one of `answers`, in order. */
async function startServer(answers: RequestListener[]) {
  const bodies: string[] = [];
  const server = createServer((req, res) => {
    let body = "";
    req.on("data", (chunk: Buffer) => (body += chunk.toString()));
    req.on("end", () => {
      bodies.push(body);
      answers[bodies.length - 1]?.(req, res);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const client = createAuthorizationServer({
    issuer: "https://auth.test",
    authServerUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    clientId: "rs",
    clientSecret: "secret",
    fetch,
  });
  return { client, bodies };
}

const die: RequestListener = (req) => void req.socket.destroy();
const reset: RequestListener = (req) => void req.socket.resetAndDestroy();
const answer =
  (body: object, status = 200): RequestListener =>
  (_req, res) =>
    void res.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
const dieInTheAnswer: RequestListener = (req, res) => {
  res.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
  res.write('{"active":', () => req.socket.destroy());
};

// @rule OUTAGE-17
it.each([
  ["closed", die],
  ["reset", reset],
])("repeats an introspection whose connection is %s without an answer", async (_how, first) => {
  const { client, bodies } = await startServer([first, answer({ active: false })]);
  expect(await client.introspect("t", TIMEOUT_MS)).toEqual({ active: false });
  expect(bodies).toEqual(["token=t", "token=t"]);
});

// @rule OUTAGE-17
it("repeats an exchange whose connection is closed without an answer", async () => {
  const token = { access_token: "taiga", token_type: "N_A", issued_token_type: "x" };
  const { client, bodies } = await startServer([die, answer(token)]);
  const response = await client.exchangeToken({ subject_token: "t" }, TIMEOUT_MS);
  expect(response.access_token).toBe("taiga");
  expect(bodies[1]).toBe(bodies[0]);
});

// @rule OUTAGE-17
it.each([
  ["an answer that breaks off", [dieInTheAnswer], 1],
  ["an answer of 503", [answer({ error: "temporarily_unavailable" }, 503)], 1],
  ["a second lost connection", [die, die, answer({ active: false })], 2],
])("does not repeat after %s", async (_what, answers, attempts) => {
  const { client, bodies } = await startServer(answers);
  await expect(client.introspect("t", TIMEOUT_MS)).rejects.toBeInstanceOf(UnavailableError);
  expect(bodies).toHaveLength(attempts);
});

// @rule OUTAGE-17
it("limits both attempts together", async () => {
  const signals: (AbortSignal | null | undefined)[] = [];
  const client = createAuthorizationServer({
    issuer: "https://auth.test",
    authServerUrl: "http://auth.internal",
    clientId: "rs",
    clientSecret: "secret",
    fetch: async (_url, init) => {
      signals.push(init?.signal);
      const cause = Object.assign(new Error("other side closed"), { code: "UND_ERR_SOCKET" });
      throw new TypeError("fetch failed", { cause });
    },
  });
  await expect(client.introspect("t", TIMEOUT_MS)).rejects.toBeInstanceOf(UnavailableError);
  expect(signals).toHaveLength(2);
  expect(signals[0]).toBeInstanceOf(AbortSignal);
  expect(signals[1]).toBe(signals[0]);
});
