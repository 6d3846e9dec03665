import type { Actor } from "../access.ts";
import { listEntries } from "../history.ts";
import { toHtml } from "../markup.ts";
import type { State, WikiPage } from "../state.ts";
import { toProjectExtraInfo } from "./projects.ts";

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
