import type { NextFunction, Request, RequestHandler, Response } from "express";
import { ApiError, htmlPage, throttled } from "./model/errors.ts";
import { findByUsername } from "./model/rows.ts";
import type { State } from "./model/state.ts";
import { DEFAULT_LIFETIMES, type TokenLifetimes } from "./auth/tokens.ts";

/** Enough for every test, and little memory for a process that runs for weeks. */
const MAX_RECORDS = 10_000;

/** A received request, including failed ones. */
export interface RecordedRequest {
  method: string;
  /** Without the query. */
  path: string;
  /** As sent, such as `?project=1`; empty without one. */
  query: string;
  /** The scheme of the Authorization header, never the token. */
  authorizationScheme: string | null;
  /** The name of the authenticated user. */
  user: string | null;
}

/**
 * How a request fails: with an error status and a gateway's or Taiga's body, with a
 * connection that is cut before processing (`reset`) or after it (`lost`), or without an answer
 * (`hang`).
 */
export type Failure = number | { status: number; body: unknown } | "reset" | "lost" | "hang";

/** Hooks for tests, available only within the process, never over HTTP. */
export interface Control {
  /**
   * The requests since the start or the last `clearRequests`, in the order of arrival; the oldest
   * ones are dropped beyond 10 000.
   */
  readonly requests: readonly RecordedRequest[];
  clearRequests(): void;
  /** Makes the next requests fail: 429 as Taiga's throttle does, other statuses as its gateway. */
  failNext(count: number, failure: Failure): void;
  /**
   * Called with each request before it is processed, after it was recorded and unless
   * `failNext` applies to it. The returned value says how the request fails.
   */
  before: ((request: RecordedRequest) => Failure | void | Promise<Failure | void>) | undefined;
  /** Called with each request when its answer is ready, just before it is sent or lost. */
  after: ((request: RecordedRequest, status: number) => void) | undefined;
  /**
   * Called between the moment when a PATCH of an item, its custom fields, a wiki page or a sprint has
   * read and checked a row and the moment when it writes the whole row back. While it waits, other
   * requests go on, as in Taiga's worker processes.
   */
  beforeSave: (() => Promise<void>) | undefined;
  /**
   * Makes every request behave as in one of several worker processes: it waits for some milliseconds
   * between reading a row and writing the whole row back. 0 is one worker.
   */
  workerDelayMs: number;
  /**
   * How many milliseconds each item of a bulk request takes; a real Taiga needs about 90, and the
   * default is 0.
   */
  bulkItemMs: number;
  /** Takes effect for tokens issued from now on. */
  readonly tokenLifetimes: TokenLifetimes;
  /** Expires every access token that this process has issued so far. */
  expireAccessTokens(): void;
  /** @throws {Error} when no user has this name. */
  deactivateUser(username: string): void;
  /**
   * Marks a project as blocked or archived by the server's staff, or clears both.
   *
   * @throws {Error} when no project has this slug.
   */
  freezeProject(slug: string, how: "blocked" | "archived" | null): void;
}

/** The part of the hooks that the app uses. */
export interface ControlRoom {
  control: Control;
  /** The app's first middleware: records the request and makes it fail if a test asked for that. */
  gate: RequestHandler;
  issued: (jti: string) => void;
  isExpired: (jti: string) => boolean;
  /** Adds the user to a recorded request. */
  identify: (request: object, username: string) => void;
  /** Clears all records, hooks and pending failures, and restores Taiga's lifetimes. */
  clear: () => void;
}

export function createControlRoom(state: State): ControlRoom {
  const requests: RecordedRequest[] = [];
  const records = new WeakMap<object, RecordedRequest>();
  const failures: Failure[] = [];
  const tokenLifetimes = { ...DEFAULT_LIFETIMES };
  const valid = new Set<string>();
  const expired = new Set<string>();
  const control: Control = {
    before: undefined,
    after: undefined,
    beforeSave: undefined,
    workerDelayMs: 0,
    bulkItemMs: 0,
    requests,
    clearRequests: () => requests.splice(0),
    failNext: (count, failure) => {
      for (let left = count; left > 0; left -= 1) failures.push(failure);
    },
    tokenLifetimes,
    expireAccessTokens: () => {
      for (const jti of valid) expired.add(jti);
      valid.clear();
    },
    deactivateUser: (username) => {
      findByUsername(state, username).is_active = false;
    },
    freezeProject: (slug, how) => {
      const project = state.projects.find((row) => row.slug === slug);
      if (project === undefined) throw new Error(`No project has the slug ${slug}.`);
      project.blocked_code = how === "blocked" ? "blocked-by-staff" : null;
      project.archived_code = how === "archived" ? "archived-by-staff" : null;
    },
  };
  const gate: RequestHandler = async (req, res, next) => {
    const [path, ...query] = req.originalUrl.split("?");
    const record: RecordedRequest = {
      method: req.method,
      path: path!,
      query: query.length === 0 ? "" : `?${query.join("?")}`,
      authorizationScheme: req.get("authorization")?.split(" ")[0] ?? null,
      user: null,
    };
    requests.push(record);
    if (requests.length > MAX_RECORDS) requests.shift();
    records.set(req, record);
    const failure = failures.shift() ?? (await control.before?.(record)) ?? undefined;
    onAnswer(res, () => {
      control.after?.(record, res.statusCode);
      return failure !== "lost";
    });
    if (failure === undefined || failure === "lost") next();
    else fail(failure, req, res, next);
  };
  return {
    control,
    gate,
    issued: (jti) => valid.add(jti),
    isExpired: (jti) => expired.has(jti),
    identify: (request, username) => {
      const record = records.get(request);
      if (record !== undefined) record.user = username;
    },
    clear: () => {
      requests.splice(0);
      failures.splice(0);
      control.before = undefined;
      control.after = undefined;
      control.beforeSave = undefined;
      control.workerDelayMs = 0;
      control.bulkItemMs = 0;
      Object.assign(tokenLifetimes, DEFAULT_LIFETIMES);
    },
  };
}

/** Calls back before the answer is sent; cuts the connection instead if that returns false. */
function onAnswer(res: Response, isSent: () => boolean): void {
  const end = res.end.bind(res) as (...parameters: unknown[]) => Response;
  res.end = ((...parameters: unknown[]) => {
    if (isSent()) return end(...parameters);
    res.req.socket.destroy();
    return res;
  }) as Response["end"];
}

function fail(
  failure: Exclude<Failure, "lost">,
  req: Request,
  res: Response,
  next: NextFunction,
): void {
  if (failure === "hang") return;
  if (failure === "reset") req.socket.destroy();
  else if (failure === 429) next(throttled());
  else if (typeof failure === "object") next(new ApiError(failure.status, failure.body));
  else {
    const title = failure === 500 ? "Server Error (500)" : `${failure}`;
    res.status(failure).type("html").send(htmlPage(title, ""));
  }
}
