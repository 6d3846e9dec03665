import express, { type Request, type RequestHandler, type Response, type Router } from "express";
import type { Actor } from "../model/access.ts";
import { apiException } from "../model/errors.ts";
import { parseMultipart } from "./multipart.ts";

const MAX_BODY = "1mb";

const MEDIA_TYPES = [
  "application/json",
  "application/x-www-form-urlencoded",
  "multipart/form-data",
];

/**
 * Answers one method of one path: the returned value is sent as JSON, or 204 without one, unless it
 * sends the response itself. Errors are thrown; see errors.ts.
 */
export type Handler = (req: Request, actor: Actor, res: Response) => unknown;

/** The methods of one path. */
export type Handlers = Partial<Record<Method, Handler>>;

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** All methods of one path. */
export interface Endpoint {
  /** The name in OPTIONS answers: Taiga's name for the group of paths. */
  name: string;
  handlers: Handlers;
}

/** The paths of one group. */
export const group = (name: string, paths: Record<string, Handlers>): Record<string, Endpoint> =>
  Object.fromEntries(Object.entries(paths).map(([path, handlers]) => [path, { name, handlers }]));

/** The order in which Taiga names methods in `Allow`. */
const METHODS: Method[] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/**
 * Serves a path: HEAD works where GET does, OPTIONS describes it, every other method is 405.
 * Credentials are checked first, so that a bad token is 401 even where no token is needed.
 */
export function serve(
  router: Router,
  authenticate: (req: Request, res: Response) => Promise<Actor>,
  path: string,
  { name, handlers }: Endpoint,
): void {
  const methods = METHODS.filter((method) => handlers[method] !== undefined);
  const allow = [...methods, ...(handlers.GET ? ["HEAD"] : []), "OPTIONS"].join(", ");
  // One handler per path: each one costs a compiled pattern, and tests start many sandboxes.
  router.all(path, async (req, res) => {
    res.set("Allow", allow);
    if (req.accepts("application/json") === false) {
      throw apiException(406, "NotAcceptable", "Could not satisfy the request's Accept header");
    }
    const actor = await authenticate(req, res);
    if (req.method === "OPTIONS") {
      res.json(describe(name));
      return;
    }
    const handler = handlers[(req.method === "HEAD" ? "GET" : req.method) as Method];
    if (handler === undefined) {
      throw apiException(405, "MethodNotAllowed", `Method '${req.method}' not allowed.`);
    }
    await readBody(req, res);
    const answer = await handler(req, actor, res);
    if (res.headersSent) return;
    if (answer === undefined) res.status(204).end();
    else res.json(answer);
  });
}

const requireKnownType: RequestHandler = (req, _res, next) => {
  const isEmpty = req.get("content-length") === "0";
  if (!isEmpty && req.is(MEDIA_TYPES) === false) {
    const type = req.get("content-type") ?? "";
    throw apiException(415, "UnsupportedMediaType", `Unsupported media type '${type}' in request.`);
  }
  next();
};

const bodyParsers = express
  .Router()
  .use(
    requireKnownType,
    express.json({ limit: MAX_BODY }),
    express.urlencoded({ extended: false, limit: MAX_BODY }),
    ...parseMultipart,
  );

/** @throws {Error} for a body that cannot be read; see app.ts. */
const readBody = (req: Request, res: Response): Promise<void> =>
  new Promise((resolve, reject) => {
    bodyParsers(req, res, (error?: unknown) => {
      if (error === undefined) resolve();
      else reject(error as Error);
    });
  });

const describe = (name: string) => ({
  name,
  description: "",
  renders: ["application/json"],
  parses: MEDIA_TYPES,
});

/** A query parameter; the last one counts when it is repeated, as in Django. */
export function queryText(req: Request, name: string): string | undefined {
  const value = req.query[name];
  const last = Array.isArray(value) ? value.at(-1) : value;
  return typeof last === "string" ? last : undefined;
}

/** An id in the path or the query; undefined for anything but a number. */
export function toId(value: unknown): number | undefined {
  return typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}
