import * as field from "../http/fields.ts";
import {
  findForWrite,
  isAllowed,
  verifyPermission,
  verifyWritable,
  type Actor,
} from "../model/access.ts";
import type { Context } from "../model/context.ts";
import { allocateId, allocateOrder, mustFind, ownRows } from "../model/rows.ts";
import { toUniqueSlug } from "../model/slugs.ts";
import type { Project, State, WikiLink } from "../model/state.ts";
import { addPage } from "./wiki-writes.ts";

const REQUIRED = ["project", "title"];

const linkFields = (state: State) => ({
  project: field.reference(state.projects),
  title: field.text(500),
  order: field.position,
});

const toHrefs = (state: State, project: Project): Set<string> =>
  new Set(ownRows(state.wikiLinks, project).map((link) => link.href));

/**
 * `POST /wiki-links`: adds an entry to the wiki's menu, and its page if that is missing and the caller
 * may add pages.
 *
 * @throws {ApiError} as Taiga answers.
 */
export function createLink(context: Context, actor: Actor, body: field.Body): WikiLink {
  const { state } = context;
  const values = field.readFields(body, linkFields(state), { required: REQUIRED, isEdit: false });
  const project = mustFind(state.projects, values.project!);
  const author = verifyPermission(state, actor, project, "add_wiki_link");
  verifyWritable(project);
  const link: WikiLink = {
    id: allocateId(state, "wikiLinks"),
    project: project.id,
    title: values.title!,
    href: toUniqueSlug(values.title!, toHrefs(state, project)),
    order: values.order ?? Math.floor(allocateOrder(state, context.clock()) / 1000),
  };
  state.wikiLinks.push(link);
  const isMissing = !state.wikiPages.some(
    (row) => row.project === project.id && row.slug === link.href,
  );
  if (isMissing && isAllowed(state, actor, project, "add_wiki_page")) {
    addPage(context, project, author, { slug: link.href, content: "" });
  }
  return link;
}

const target = (state: State, id: number | undefined) => ({
  model: "WikiLink",
  rows: state.wikiLinks,
  id,
});

/**
 * `PATCH /wiki-links/{id}`: title and order; the page stays the same.
 *
 * @throws {ApiError} as Taiga answers.
 */
export function editLink(
  state: State,
  actor: Actor,
  id: number | undefined,
  body: field.Body,
): WikiLink {
  const link = findForWrite(state, actor, target(state, id), "modify_wiki_link");
  const values = field.readFields(body, linkFields(state), { required: REQUIRED, isEdit: true });
  verifyWritable(mustFind(state.projects, link.project));
  return Object.assign(link, values);
}

/**
 * `DELETE /wiki-links/{id}`; the page stays.
 *
 * @throws {ApiError} as Taiga answers.
 */
export function deleteLink(state: State, actor: Actor, id: number | undefined): void {
  const link = findForWrite(state, actor, target(state, id), "delete_wiki_link");
  verifyWritable(mustFind(state.projects, link.project));
  state.wikiLinks = state.wikiLinks.filter((row) => row !== link);
}
