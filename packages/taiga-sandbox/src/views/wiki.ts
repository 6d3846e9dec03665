import { toHtml } from "../markup.ts";
import type { State, WikiPage } from "../state.ts";
import { toProjectExtraInfo } from "./projects.ts";

/** A wiki page; lists carry the content too. */
export const toWikiPage = (state: State, page: WikiPage) => ({
  project: page.project,
  project_extra_info: toProjectExtraInfo(state, page.project),
  is_watcher: false,
  total_watchers: 0,
  id: page.id,
  slug: page.slug,
  content: page.content,
  owner: page.owner,
  last_modifier: page.last_modifier,
  created_date: page.created_date,
  modified_date: page.modified_date,
  html: toHtml(page.content, state.users),
  editions: page.editions,
  version: page.version,
});
