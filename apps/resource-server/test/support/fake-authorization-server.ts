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
}

export interface FakeAuthorizationServer {
  url: string;
  /** What /introspect and /token answer, by the token asked about; others are unknown. */
  introspections: Map<string, unknown>;
  exchanges: Map<string, unknown>;
  /** Answered instead of everything else, to play an outage or a misconfiguration. */
  broken: Answer | undefined;
  /** Form parameters of every request that got past client authentication. */
  requests: { path: string; form: Record<string, string> }[];
  close(): Promise<void>;
}

/** The authorization server's private listener as the resource server sees it. */
export async function startFakeAuthorizationServer(): Promise<FakeAuthorizationServer> {
  const server = await openTestServer();
  const fake: FakeAuthorizationServer = {
    url: server.url,
    introspections: new Map(),
    exchanges: new Map(),
    broken: undefined,
    requests: [],
    close: () => server.close(),
  };
  const app = express();
  app.use((_req, res, next) => {
    if (fake.broken === undefined) return next();
    res.status(fake.broken.status).json(fake.broken.body);
  });
  app.get("/readyz", (_req, res) => void res.json({ status: "ok" }));
  app.use((req, res, next) => {
    if (req.headers.authorization?.replace(/^Basic /, "") === CREDENTIALS) return next();
    res.status(401).set("WWW-Authenticate", 'Basic realm="x"').json({ error: "invalid_client" });
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
