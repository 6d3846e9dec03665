import type { Request } from "express";
import { isAllowed, refusal, type Actor } from "../model/access.ts";
import { deleteComment, editComment, undeleteComment, verifyAuthor } from "./comments.ts";
import type { Context } from "../model/context.ts";
import { group, queryText, toId, type Endpoint, type Handlers } from "../http/endpoint.ts";
import { ApiError, notFound } from "../model/errors.ts";
import { toBody } from "../http/fields.ts";
import { listEntries } from "./history.ts";
import { OBJECT_KINDS, rowsOf } from "../model/kinds.ts";
import { toPage } from "../http/pagination.ts";
import { findById, mustFind } from "../model/rows.ts";
import type { Recorded } from "./snapshots.ts";
import type { HistoryEntry, ObjectKind, State } from "../model/state.ts";
import { toCommentVersions, toHistoryEntry } from "./history-views.ts";

/** `/history/{kind}/{id}`: changes and comments, newest first, and actions on comments. */
export function historyRoutes(context: Context): Record<string, Endpoint> {
  return Object.assign({}, ...OBJECT_KINDS.map((kind) => routesOf(context, kind)));
}

function routesOf(context: Context, kind: ObjectKind): Record<string, Endpoint> {
  const { state } = context;
  const action = (run: (found: Found, actor: Actor, req: Request) => void): Handlers => ({
    POST: (req, actor, res) => {
      run(findEntry(state, kind, req, actor), actor, req);
      res.end();
    },
  });
  const path = `/history/${kind}/:id`;
  return group("History", {
    [path]: {
      GET: (req, actor) => {
        const { item } = findSubject(state, kind, req, actor);
        const entries = listVisible(state, kind, item.id, queryText(req, "type"));
        return toPage(req, entries, (entry) => toHistoryEntry(state, entry));
      },
    },
    [`${path}/comment_versions`]: {
      GET: (req, actor) => {
        const { subject, entry } = findEntry(state, kind, req, actor);
        verifyAuthor(state, actor, subject, entry);
        return toCommentVersions(state, entry);
      },
    },
    [`${path}/edit_comment`]: action((found, actor, req) =>
      editComment(context, actor, found, toBody(req.body)),
    ),
    [`${path}/delete_comment`]: action((found, actor) => deleteComment(context, actor, found)),
    [`${path}/undelete_comment`]: action((found, actor) => undeleteComment(context, actor, found)),
  });
}

function listVisible(state: State, kind: ObjectKind, id: number, type: string | undefined) {
  return listEntries(state, kind, id)
    .filter((entry) => entry.type === 1 && !entry.is_hidden)
    .filter((entry) => type !== "comment" || entry.comment !== "")
    .filter((entry) => type !== "activity" || entry.comment === "");
}

interface Found {
  subject: Recorded;
  entry: HistoryEntry;
}

/**
 * Reading a history requires only the right to see the project.
 *
 * @throws {ApiError} 404 when the object is gone, 401 or 403 when the project is out of sight.
 */
function findSubject(state: State, kind: ObjectKind, req: Request, actor: Actor): Recorded {
  const item = findById<{ id: number; project: number }>(
    rowsOf(state, kind),
    toId(req.params["id"]),
  );
  if (item === undefined) throw notFound();
  const project = mustFind(state.projects, item.project);
  if (!isAllowed(state, actor, project, "view_project")) throw refusal(actor);
  return { kind, item } as Recorded;
}

/** @throws {ApiError} 404 with an empty body when the object has no such entry. */
function findEntry(state: State, kind: ObjectKind, req: Request, actor: Actor): Found {
  const subject = findSubject(state, kind, req, actor);
  const wanted = queryText(req, "id");
  const entry = listEntries(state, kind, subject.item.id).find((row) => row.id === wanted);
  if (entry === undefined) throw new ApiError(404, null);
  return { subject, entry };
}
