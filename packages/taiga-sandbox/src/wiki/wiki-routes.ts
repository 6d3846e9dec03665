import { group, queryText, type Endpoint } from "../http/endpoint.ts";
import { readProjectId } from "../http/filters.ts";
import { mustSee, resourceRoutes, type Resource } from "../http/resource.ts";
import { listEntries } from "../history/history.ts";
import { toBody, toText } from "../http/fields.ts";
import type { Actor } from "../model/access.ts";
import { saveLater, type Context } from "../model/context.ts";
import { invalidFields, notFound } from "../model/errors.ts";
import { findById } from "../model/rows.ts";
import { toHtml } from "../model/markup.ts";
import type { State, WikiPage } from "../model/state.ts";
import { toProjectExtraInfo } from "../projects/project-views.ts";
import { createLink, deleteLink, editLink } from "./wiki-links.ts";
import { createPage, deletePage, planPageEdit } from "./wiki-writes.ts";

/** `/wiki`, `/wiki/by_slug`, `/wiki/{id}` and `/wiki-links`. */
export function wikiRoutes(context: Context): Record<string, Endpoint> {
  const { state } = context;
  const pages: Resource<WikiPage> = {
    path: "/wiki",
    model: "WikiPage",
    permission: "view_wiki_pages",
    rows: () => state.wikiPages,
    toView: (page, actor) => toWikiPage(state, page, actor),
    select: (visible, req) => {
      const slug = queryText(req, "slug");
      return visible.filter((page) => slug === undefined || page.slug === slug);
    },
    create: (actor, body) => createPage(context, actor, body),
    edit: (actor, id, body) => saveLater(context, planPageEdit(context, actor, id, body)),
    remove: (actor, id) => deletePage(context, actor, id),
  };
  const links = resourceRoutes(state, {
    path: "/wiki-links",
    model: "WikiLink",
    // Links require the right to see pages, as in Taiga.
    permission: "view_wiki_pages",
    rows: () => state.wikiLinks,
    toView: (link) => link,
    create: (actor, body) => createLink(context, actor, body),
    edit: (actor, id, body) => editLink(state, actor, id, body),
    remove: (actor, id) => deleteLink(state, actor, id),
  });
  return {
    ...links,
    // Before `/wiki/:id`, which also matches this path.
    ...group("WikiPage", {
      "/wiki/by_slug": {
        GET: (req, actor) => {
          const [slug, project] = [queryText(req, "slug"), readProjectId(req)];
          const page = state.wikiPages.find((row) => row.slug === slug && row.project === project);
          return toWikiPage(state, mustSee(state, pages, page, actor), actor);
        },
      },
      "/wiki/render": {
        POST: (req) => {
          const { content, project_id } = toBody(req.body);
          if (!content) throw invalidFields({ content: "'content' parameter is mandatory" });
          if (!project_id) {
            throw invalidFields({ project_id: "'project_id' parameter is mandatory" });
          }
          // Everybody may render for every project.
          if (findById(state.projects, Number(project_id)) === undefined) throw notFound("Project");
          return { data: toHtml(toText(content), state.users) };
        },
      },
    }),
    ...resourceRoutes(state, pages),
  };
}

/** A wiki page; lists carry the content too. */
const toWikiPage = (state: State, { watchers, ...page }: WikiPage, actor: Actor) => ({
  ...page,
  project_extra_info: toProjectExtraInfo(state, page.project),
  is_watcher: actor !== null && watchers.includes(actor.id),
  total_watchers: watchers.length,
  html: toHtml(page.content, state.users),
  editions: 1 + listEntries(state, "wiki", page.id).filter((entry) => entry.type === 1).length,
});
