import type { Actor } from "../model/access.ts";
import { listEntries } from "../history/history.ts";
import { toHtml } from "../model/markup.ts";
import type { State, WikiPage } from "../model/state.ts";
import { toProjectExtraInfo } from "../projects/project-views.ts";

/** A wiki page; lists carry the content too. */
export const toWikiPage = (state: State, page: WikiPage, actor: Actor) => ({
  project: page.project,
  project_extra_info: toProjectExtraInfo(state, page.project),
  is_watcher: actor !== null && page.watchers.includes(actor.id),
  total_watchers: page.watchers.length,
  id: page.id,
  slug: page.slug,
  content: page.content,
  owner: page.owner,
  last_modifier: page.last_modifier,
  created_date: page.created_date,
  modified_date: page.modified_date,
  html: toHtml(page.content, state.users),
  editions: 1 + listEntries(state, "wiki", page.id).filter((entry) => entry.type === 1).length,
  version: page.version,
});
