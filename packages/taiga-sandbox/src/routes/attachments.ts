import { isAllowed, permissionFor, refusal } from "../access.ts";
import type { Context } from "../context.ts";
import type { Endpoint } from "../endpoint.ts";
import { KINDS } from "../items.ts";
import { readProjectId } from "../filters.ts";
import { sendPage } from "../pagination.ts";
import { findById } from "../rows.ts";
import type { WritableKind } from "../writes.ts";

/** The attachment lists of stories and tasks. No files are kept in here: they are empty. */
export function attachmentRoutes(context: Context): Record<string, Endpoint> {
  return { ...toRoute(context, "userstory"), ...toRoute(context, "task") };
}

function toRoute({ state }: Context, kind: WritableKind): Record<string, Endpoint> {
  return {
    [`/${KINDS[kind].path}/attachments`]: {
      name: "Attachment",
      handlers: {
        GET: (req, res, actor) => {
          const project = findById(state.projects, readProjectId(req));
          const permission = permissionFor("view", kind);
          if (project !== undefined && !isAllowed(state, actor, project, permission)) {
            throw refusal(actor);
          }
          sendPage(req, res, [], (row) => row);
        },
      },
    },
  };
}
