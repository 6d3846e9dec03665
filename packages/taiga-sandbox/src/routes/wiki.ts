import { isAllowed, refusal, type Actor } from "../access.ts";
import type { Context } from "../context.ts";
import { queryText, toId, type Endpoint } from "../endpoint.ts";
import { notFound } from "../errors.ts";
import { readProjectId } from "../filters.ts";
import { sendPage } from "../pagination.ts";
import { findById, mustFind } from "../rows.ts";
import type { WikiPage } from "../state.ts";
import { toWikiPage } from "../views/wiki.ts";

/** `/wiki`, `/wiki/by_slug` and `/wiki/{id}`, to read. */
export function wikiRoutes({ state }: Context): Record<string, Endpoint> {
  const isVisible = (page: WikiPage, actor: Actor): boolean =>
    isAllowed(state, actor, mustFind(state.projects, page.project), "view_wiki_pages");
  const toVisible = (page: WikiPage | undefined, actor: Actor) => {
    if (page === undefined) throw notFound("WikiPage");
    if (!isVisible(page, actor)) throw refusal(actor);
    return toWikiPage(state, page);
  };
  return {
    "/wiki": {
      name: "WikiPage",
      handlers: {
        GET: (req, res, actor) => {
          const projectId = readProjectId(req);
          const slug = queryText(req, "slug");
          const pages = state.wikiPages
            .filter((page) => projectId === undefined || page.project === projectId)
            .filter((page) => slug === undefined || page.slug === slug)
            .filter((page) => isVisible(page, actor));
          sendPage(req, res, pages, (page) => toWikiPage(state, page));
        },
      },
    },
    "/wiki/by_slug": {
      name: "WikiPage",
      handlers: {
        GET: (req, res, actor) => {
          const slug = queryText(req, "slug");
          const projectId = readProjectId(req);
          const page = state.wikiPages.find(
            (row) => row.slug === slug && row.project === projectId,
          );
          res.json(toVisible(page, actor));
        },
      },
    },
    "/wiki/:id": {
      name: "WikiPage",
      handlers: {
        GET: (req, res, actor) => {
          res.json(toVisible(findById(state.wikiPages, toId(req.params["id"])), actor));
        },
      },
    },
  };
}
