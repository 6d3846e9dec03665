import type { Request } from "express";
import { isAllowed, refusal, type Actor } from "../model/access.ts";
import type { Context } from "../model/context.ts";
import { queryText, toId, type Endpoint } from "../http/endpoint.ts";
import { notFound } from "../model/errors.ts";
import { toBody } from "../http/fields.ts";
import { readProjectId } from "../http/filters.ts";
import { sendPage } from "../http/pagination.ts";
import { findById, inOrder, mustFind } from "../model/rows.ts";
import type { State, WikiPage } from "../model/state.ts";
import { toWikiPage } from "./wiki-views.ts";
import { createLink, createPage, deletePage, editPage } from "./wiki-writes.ts";
import { findForDelete, mustBeUser, verifyWritable } from "../items/writes.ts";

/** `/wiki`, `/wiki/by_slug`, `/wiki/{id}` and `/wiki-links`. */
export function wikiRoutes(context: Context): Record<string, Endpoint> {
  const { state } = context;
  const endpoint = (handlers: Endpoint["handlers"]): Endpoint => ({ name: "WikiPage", handlers });
  const toVisible = (page: WikiPage | undefined, actor: Actor) => {
    if (page === undefined) throw notFound("WikiPage");
    if (!isVisible(state, page, actor)) throw refusal(actor);
    return toWikiPage(state, page, actor);
  };
  return {
    "/wiki": endpoint({
      GET: (req, res, actor) => {
        sendPage(req, res, listPages(req, state, actor), (page) => toWikiPage(state, page, actor));
      },
      POST: (req, res, actor) => {
        const page = createPage(context, actor, toBody(req.body));
        res.status(201).json(toWikiPage(state, page, actor));
      },
    }),
    "/wiki/by_slug": endpoint({
      GET: (req, res, actor) => {
        const slug = queryText(req, "slug");
        const projectId = readProjectId(req);
        const page = state.wikiPages.find((row) => row.slug === slug && row.project === projectId);
        res.json(toVisible(page, actor));
      },
    }),
    "/wiki/:id": endpoint({
      GET: (req, res, actor) => {
        res.json(toVisible(findById(state.wikiPages, toId(req.params["id"])), actor));
      },
      PATCH: (req, res, actor) => {
        const page = editPage(context, actor, toId(req.params["id"]), toBody(req.body));
        res.json(toWikiPage(state, page, actor));
      },
      DELETE: (req, res, actor) => {
        const page = findForDelete(state, actor, { kind: "wiki", id: toId(req.params["id"]) });
        verifyWritable(mustFind(state.projects, page.project));
        deletePage(context, mustBeUser(actor), page);
        res.status(204).end();
      },
    }),
    "/wiki-links": {
      name: "WikiLink",
      handlers: {
        GET: (req, res, actor) => {
          const projectId = readProjectId(req);
          const links = state.wikiLinks
            .filter((link) => projectId === undefined || link.project === projectId)
            .filter((link) => isVisible(state, link, actor));
          sendPage(req, res, inOrder(links), (link) => link);
        },
        POST: (req, res, actor) => {
          res.status(201).json(createLink(context, actor, toBody(req.body)));
        },
      },
    },
  };
}

/** Links take the right to see pages, as in Taiga. */
const isVisible = (state: State, row: { project: number }, actor: Actor): boolean =>
  isAllowed(state, actor, mustFind(state.projects, row.project), "view_wiki_pages");

function listPages(req: Request, state: State, actor: Actor): WikiPage[] {
  const projectId = readProjectId(req);
  const slug = queryText(req, "slug");
  return state.wikiPages
    .filter((page) => projectId === undefined || page.project === projectId)
    .filter((page) => slug === undefined || page.slug === slug)
    .filter((page) => isVisible(state, page, actor));
}
