import express from "express";
import { openTestServer } from "./http-server.ts";

export const CLIENT_ID = "rs";
export const CLIENT_SECRET = "a secret that is not: 32 letters +/%";

/** RFC 6749 section 2.3.1: both halves are form-encoded before base64. */
const encode = (text: string) => new URLSearchParams([["", text]]).toString().slice(1);
const CREDENTIALS = Buffer.from(`${encode(CLIENT_ID)}:${encode(CLIENT_SECRET)}`).toString("base64");

interface Answer {
  status: number;
  body: unknown;
  /** A path that is answered as usual. */
  except?: string;
}

export interface FakeAuthorizationServer {
  url: string;
  /** The responses of /introspect and /token by token; other tokens are unknown. */
  introspections: Map<string, unknown>;
  exchanges: Map<string, unknown>;
  /** Overrides all responses, to simulate an outage or a misconfiguration. */
  broken: Answer | undefined;
  /** Form parameters of every request that passed client authentication. */
  requests: { path: string; form: Record<string, string> }[];
  /** The writes that were reported. */
  activity: object[];
  revocations: FakeRevocations;
  /** Refuses the revocation stream, if it is set. */
  streamStatus: number | undefined;
  /** The global `fetch`, except that `/revocations` returns the stream of `revocations`. */
  fetch: typeof globalThis.fetch;
  close(): Promise<void>;
}

/** The revocation stream, in this process: each call resolves once the resource server has read it. */
export interface FakeRevocations {
  /** Sends the live event: from now on no revocation is missed. */
  live(): Promise<void>;
  revoked(gid: string): Promise<void>;
  /** Ends the stream, so that revocations may be missed. */
  end(): Promise<void>;
}

/** The authorization server's private listener as the resource server sees it. */
export async function startFakeAuthorizationServer(): Promise<FakeAuthorizationServer> {
  const server = await openTestServer();
  const { openStream, ...revocations } = createFakeRevocations();
  const fake: FakeAuthorizationServer = {
    url: server.url,
    introspections: new Map(),
    exchanges: new Map(),
    broken: undefined,
    requests: [],
    activity: [],
    revocations,
    streamStatus: undefined,
    fetch: async (url, init) => {
      if (url !== `${server.url}/revocations`) return await fetch(url, init);
      const { streamStatus: status } = fake;
      if (status !== undefined) return new Response("{}", { status });
      return openStream(init?.signal ?? undefined);
    },
    close: () => server.close(),
  };
  const app = express();
  app.use((req, res, next) => {
    if (fake.broken === undefined || fake.broken.except === req.path) return next();
    res.status(fake.broken.status).json(fake.broken.body);
  });
  app.get("/readyz", (_req, res) => void res.json({ status: "ok" }));
  app.use((req, res, next) => {
    if (req.headers.authorization?.replace(/^Basic /, "") === CREDENTIALS) return next();
    res.status(401).set("WWW-Authenticate", 'Basic realm="x"').json({ error: "invalid_client" });
  });
  app.post("/activity", express.json(), (req, res) => {
    fake.activity.push(...(req.body as { writes: object[] }).writes);
    res.status(204).end();
  });
  app.use(express.urlencoded({ extended: false }));
  app.use((req, _res, next) => {
    fake.requests.push({ path: req.path, form: { ...req.body } });
    next();
  });
  app.post("/introspect", (req, res) => {
    res.json(fake.introspections.get(req.body.token) ?? { active: false });
  });
  app.post("/token", (req, res) => {
    const answer = fake.exchanges.get(req.body.subject_token);
    if (answer === undefined) res.status(400).json({ error: "invalid_grant" });
    else res.json(answer);
  });
  server.serve(app);
  return fake;
}

function createFakeRevocations(): FakeRevocations & {
  openStream: (signal: AbortSignal | undefined) => Response;
} {
  const encoder = new TextEncoder();
  let stream: ReadableStreamDefaultController<Uint8Array> | undefined;
  const send = async (event: string, data: object): Promise<void> => {
    await settle();
    if (stream === undefined) throw new Error("the resource server has opened no stream");
    stream.enqueue(encoder.encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`));
    await settle();
  };
  return {
    openStream: (signal) => {
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          stream = controller;
          signal?.addEventListener("abort", () => controller.error(signal.reason));
        },
      });
      return new Response(body, { headers: { "content-type": "text/event-stream" } });
    },
    live: () => send("live", {}),
    revoked: (gid) => send("revoked", { gid }),
    end: async () => {
      stream?.close();
      await settle();
    },
  };
}

/** Runs all pending work that needs no time. */
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate);
};
