import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
} from "express";
import { authenticate } from "./authentication.ts";
import type { Context } from "./context.ts";
import type { ControlRoom } from "./control.ts";
import { serve } from "./endpoint.ts";
import { epicRules } from "./epic-rules.ts";
import { ApiError, apiException, htmlPage } from "./errors.ts";
import { issueRules } from "./issue-rules.ts";
import type { Media } from "./media.ts";
import { storyRules } from "./story-rules.ts";
import { taskRules } from "./task-rules.ts";
import type { Tokens } from "./tokens.ts";
import { createFront } from "./front/routes.ts";
import { applicationRoutes } from "./routes/applications.ts";
import { attachmentRoutes } from "./routes/attachments.ts";
import { authRoutes } from "./routes/auth.ts";
import { customAttributeValueRoutes } from "./routes/custom-attribute-values.ts";
import { historyRoutes } from "./routes/history.ts";
import { itemRoutes } from "./routes/item-routes.ts";
import { milestoneRoutes } from "./routes/milestones.ts";
import { projectRoutes } from "./routes/projects.ts";
import { relatedStoryRoutes } from "./routes/related-stories.ts";
import { resolverRoutes } from "./routes/resolver.ts";
import { searchRoutes } from "./routes/search.ts";
import { timelineRoutes } from "./routes/timelines.ts";
import { userRoutes } from "./routes/users.ts";
import { valueRoutes } from "./routes/values.ts";
import { voteAndWatchRoutes } from "./routes/votes-watchers.ts";
import { wikiRoutes } from "./routes/wiki.ts";

/**
 * The API under `/api/v1`, the files of attachments under `/media`, and of the front what a login
 * through an external application passes.
 *
 * @param saveSoon called after every request that may have written something.
 */
export function createApp(deps: {
  context: Context;
  tokens: Tokens;
  media: Media;
  room: ControlRoom;
  saveSoon: () => void;
}): Express {
  const { context, tokens, media, room } = deps;
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.use(room.gate, saveAfterWrites(deps.saveSoon), overrideMethod);

  const router = express.Router({ strict: true, caseSensitive: true });
  const identify = async (req: Request) => {
    const actor = await authenticate(req, {
      state: context.state,
      tokens,
      isExpired: room.isExpired,
    });
    if (actor !== null) room.identify(req, actor.username);
    return actor;
  };
  const endpoints = {
    ...authRoutes(context, tokens),
    ...applicationRoutes(context),
    ...userRoutes(context),
    ...projectRoutes(context),
    ...valueRoutes(context),
    ...attachmentRoutes(context, media),
    ...customAttributeValueRoutes(context),
    ...itemRoutes(context, storyRules),
    ...itemRoutes(context, taskRules),
    ...itemRoutes(context, epicRules),
    ...relatedStoryRoutes(context),
    ...itemRoutes(context, issueRules),
    ...milestoneRoutes(context),
    ...wikiRoutes(context),
    ...historyRoutes(context),
    ...voteAndWatchRoutes(context),
    ...timelineRoutes(context),
    ...searchRoutes(context),
    ...resolverRoutes(context),
  };
  for (const [path, endpoint] of Object.entries(endpoints)) {
    serve(router, identify, path, endpoint);
  }
  app.use("/api/v1", router);
  app.get("/media/*path", media.download);
  app.use(createFront(context, tokens));
  app.use(unknownUrl);
  app.use(answerErrors);
  return app;
}

const saveAfterWrites =
  (saveSoon: () => void): RequestHandler =>
  (req, res, next) => {
    if (!["GET", "HEAD", "OPTIONS"].includes(req.method)) res.once("close", saveSoon);
    next();
  };

const overrideMethod: RequestHandler = (req, _res, next) => {
  const method = req.get("x-http-method-override");
  if (req.method === "POST" && method !== undefined) req.method = method.toUpperCase();
  next();
};

const unknownUrl: RequestHandler = (_req, res) => {
  const text = "The requested resource was not found on this server.";
  res.status(404).type("html").send(htmlPage("Not Found", text));
};

const answerErrors: ErrorRequestHandler = (error: unknown, req, res, next) => {
  if (res.headersSent) {
    next(error);
    return;
  }
  const known = error instanceof ApiError ? error : toParseError(error);
  if (known !== undefined) {
    res.status(known.status).set(known.headers);
    if (known.body === null) res.end();
    else res.json(known.body);
  } else if (req.is("application/json")) {
    res.status(500).json({ error: "Server application error" });
  } else {
    res.status(500).type("html").send(htmlPage("Server Error (500)", ""));
  }
};

/** What express's own body parsers throw. */
function toParseError(error: unknown): ApiError | undefined {
  const { type, status, message } = error as { type?: string; status?: number; message?: string };
  if (type === "entity.parse.failed") {
    return apiException(400, "ParseError", `JSON parse error - ${message}`);
  }
  if (status !== undefined && status < 500)
    return apiException(status, "BadRequest", message ?? "");
  return undefined;
}
