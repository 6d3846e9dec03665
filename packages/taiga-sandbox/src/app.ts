import { randomBytes } from "node:crypto";
import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
} from "express";
import { authenticate } from "./auth/authentication.ts";
import type { Context } from "./model/context.ts";
import type { ControlRoom } from "./control.ts";
import { serve } from "./http/endpoint.ts";
import { epicRules } from "./items/epic-rules.ts";
import { ApiError, apiException, htmlPage } from "./model/errors.ts";
import { issueRules } from "./items/issue-rules.ts";
import type { Media } from "./items/media.ts";
import { storyRules } from "./items/story-rules.ts";
import { taskRules } from "./items/task-rules.ts";
import type { Tokens } from "./auth/tokens.ts";
import { createFront } from "./auth/front.ts";
import { applicationRoutes } from "./auth/application-routes.ts";
import { attachmentRoutes } from "./items/attachment-routes.ts";
import { contactRoutes } from "./account/contact-routes.ts";
import { notificationRoutes } from "./account/notification-routes.ts";
import { preferenceRoutes } from "./account/preference-routes.ts";
import { storageRoutes } from "./account/storage-routes.ts";
import { authRoutes } from "./auth/auth-routes.ts";
import { csvRoutes } from "./items/csv-reports.ts";
import { createExports, exporterRoutes } from "./administration/exporter-routes.ts";
import { customAttributeValueRoutes } from "./items/custom-attribute-values.ts";
import { historyRoutes } from "./history/history-routes.ts";
import { itemRoutes } from "./items/item-routes.ts";
import { milestoneRoutes } from "./sprints/milestone-routes.ts";
import { projectActionRoutes } from "./administration/project-actions.ts";
import { projectRoutes } from "./administration/project-routes.ts";
import { relatedStoryRoutes } from "./items/related-story-routes.ts";
import { resolverRoutes } from "./projects/resolver-routes.ts";
import { searchRoutes } from "./items/search-routes.ts";
import { timelineRoutes } from "./history/timeline-routes.ts";
import { userRoutes } from "./projects/user-routes.ts";
import { memberRoutes } from "./administration/members/member-routes.ts";
import { valueRoutes } from "./administration/value-routes.ts";
import { voteAndWatchRoutes } from "./items/votes-watchers.ts";
import type { Webhooks } from "./webhooks/announcements.ts";
import { webhookRoutes } from "./webhooks/webhook-routes.ts";
import { wikiRoutes } from "./wiki/wiki-routes.ts";

/**
 * The API under `/api/v1`, the files of attachments under `/media`, and the pages of Taiga's front
 * that a login through an external application needs.
 *
 * @param saveSoon called after every request that may have written something.
 */
export function createApp(deps: {
  context: Context;
  tokens: Tokens;
  media: Media;
  room: ControlRoom;
  webhooks: Webhooks;
  allowPrivate: () => boolean;
  saveSoon: () => void;
}): Express {
  const { context, tokens, media, room } = deps;
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.use(room.gate, saveAfterWrites(deps.saveSoon), overrideMethod);

  const exports = createExports(context.state, () => randomBytes(16).toString("hex"));
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
    ...csvRoutes(context),
    ...exporterRoutes(context, exports),
    ...webhookRoutes(context, deps.webhooks, deps.allowPrivate),
    ...preferenceRoutes(context),
    ...storageRoutes(context),
    ...notificationRoutes(context),
    ...contactRoutes(context),
    ...projectActionRoutes(context),
    ...valueRoutes(context),
    ...memberRoutes(context),
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
  app.get("/media/*path", (req, res, next) => {
    const text = exports.find([req.params["path"]].flat().join("/"));
    if (text === undefined) void media.download(req, res, next);
    else res.type("application/json").send(text);
  });
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
