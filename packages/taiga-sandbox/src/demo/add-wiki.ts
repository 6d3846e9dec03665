import { toHtml } from "../model/markup.ts";
import { allocateId } from "../model/rows.ts";
import type { WikiPage } from "../model/state.ts";
import { addEntry } from "./add-history.ts";
import type { Draft, Moment } from "./draft.ts";

interface Writing {
  by: string;
  at: Moment;
  content: string;
}

export function addWikiPage(draft: Draft, slug: string, { by, at, content }: Writing): WikiPage {
  const { state, project, userId } = draft;
  const written = draft.at(at);
  const page: WikiPage = {
    id: allocateId(state, "wikiPages"),
    project: project.id,
    slug,
    content,
    owner: userId(by),
    last_modifier: userId(by),
    created_date: written,
    modified_date: written,
    version: 1,
    watchers: [],
  };
  state.wikiPages.push(page);
  addEntry(draft, { kind: "wiki", item: page, by, at, type: 2 });
  return page;
}

/** A later edition of a page. */
export function rewriteWikiPage(draft: Draft, page: WikiPage, { by, at, content }: Writing): void {
  const before = page.content;
  page.content = content;
  page.last_modifier = draft.userId(by);
  const html = (text: string) => toHtml(text, draft.state.users);
  addEntry(draft, {
    kind: "wiki",
    item: page,
    by,
    at,
    type: 1,
    diff: { content: [before, content], content_html: [html(before), html(content)] },
  });
}

/** An entry of the wiki's menu. */
export function addWikiLink({ state, project, own }: Draft, title: string, href: string): void {
  const order = own(state.wikiLinks).length + 1;
  const id = allocateId(state, "wikiLinks");
  state.wikiLinks.push({ id, project: project.id, title, href, order });
}
