import { isAllowed, refusal } from "../access.ts";
import type { Context } from "../context.ts";
import { queryText, toId, type Endpoint } from "../endpoint.ts";
import { notFound } from "../errors.ts";
import { listEntries } from "../history.ts";
import { rowsOf } from "../items.ts";
import { sendPage } from "../pagination.ts";
import { findById, mustFind } from "../rows.ts";
import { toHistoryEntry } from "../views/history.ts";
import type { WritableKind } from "../writes.ts";

/** `/history/userstory/{id}` and `/history/task/{id}`: changes and comments, newest first. */
export function historyRoutes(context: Context): Record<string, Endpoint> {
  return {
    "/history/userstory/:id": toEndpoint(context, "userstory"),
    "/history/task/:id": toEndpoint(context, "task"),
  };
}

/** Reading it takes nothing but the right to see the project. */
function toEndpoint({ state }: Context, kind: WritableKind): Endpoint {
  return {
    name: "History",
    handlers: {
      GET: (req, res, actor) => {
        const item = findById<{ id: number; project: number }>(
          rowsOf(state, kind),
          toId(req.params["id"]),
        );
        if (item === undefined) throw notFound();
        const project = mustFind(state.projects, item.project);
        if (!isAllowed(state, actor, project, "view_project")) throw refusal(actor);
        const wanted = queryText(req, "type");
        const entries = listEntries(state, kind, item.id)
          .filter((entry) => entry.type === 1 && !entry.is_hidden)
          .filter((entry) => wanted !== "comment" || entry.comment !== "")
          .filter((entry) => wanted !== "activity" || entry.comment === "");
        sendPage(req, res, entries, (entry) => toHistoryEntry(state, entry));
      },
    },
  };
}
