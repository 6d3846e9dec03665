import { type Actor, mustBeUser, verifyPermission, verifyWritable } from "../model/access.ts";
import { toTimestamp, type Context, type Save } from "../model/context.ts";
import { invalidFields } from "../model/errors.ts";
import * as field from "../http/fields.ts";
import { recordChange, recordCreation, recordDeletion } from "../history/history.ts";
import { allocateId, findById, mustFind } from "../model/rows.ts";
import { takeSnapshot } from "../history/snapshots.ts";
import type { Project, State, User, WikiPage } from "../model/state.ts";
import {
  addWatchers,
  findForDelete,
  findForEdit,
  touch,
  verifyItemVersion,
  verifyMove,
} from "../items/writes.ts";

const KIND = "wiki";
const REQUIRED = ["project", "slug"];

const pageFields = (state: State, project: Project | undefined) => ({
  project: field.reference(state.projects),
  slug: field.slug,
  content: field.text(),
  watchers: field.watchers(state, project),
  version: field.wholeNumber,
  comment: field.text(),
});

/**
 * `POST /wiki`.
 *
 * @throws {ApiError} as Taiga answers.
 */
export function createPage(context: Context, actor: Actor, body: field.Body): WikiPage {
  const { state } = context;
  const target = findById(state.projects, Number(body["project"]));
  const spec = pageFields(state, target);
  const values = field.readFields(body, spec, { required: REQUIRED, isEdit: false });
  const project = mustFind(state.projects, values.project!);
  const slug = values.slug!;
  verifyFreeSlug(state, { id: 0, project: project.id, slug });
  const author = verifyPermission(state, actor, project, "add_wiki_page");
  verifyWritable(project);
  const page = addPage(context, project, author, { slug, content: values.content ?? "" });
  page.version = values.version ?? 1;
  page.watchers = values.watchers ?? [];
  addWatchers(state, page, [page.content]);
  return page;
}

/** Stores a page. The caller has checked everything. */
export function addPage(
  context: Context,
  project: Project,
  author: User,
  { slug, content }: Pick<WikiPage, "slug" | "content">,
): WikiPage {
  const now = toTimestamp(context.clock());
  const page: WikiPage = {
    id: allocateId(context.state, "wikiPages"),
    project: project.id,
    slug,
    content,
    owner: author.id,
    last_modifier: author.id,
    created_date: now,
    modified_date: now,
    version: 1,
    watchers: [],
  };
  context.state.wikiPages.push(page);
  recordCreation(context, { kind: KIND, item: page }, author);
  return page;
}

/**
 * `PATCH /wiki/{id}`, with the checks in the order of a story's.
 *
 * @throws {ApiError} as Taiga answers; nothing has changed then.
 */
export const editPage = (...edit: Parameters<typeof planPageEdit>): WikiPage =>
  planPageEdit(...edit)();

/**
 * Checks an edit as {@link editPage} does, and returns what stores it.
 *
 * @throws {ApiError} as Taiga answers.
 */
export function planPageEdit(
  context: Context,
  actor: Actor,
  id: number | undefined,
  body: field.Body,
): Save<WikiPage> {
  const { state } = context;
  const page = findForEdit(state, actor, { kind: KIND, id }, body);
  const project = mustFind(state.projects, page.project);
  const values = field.readFields(body, pageFields(state, project), {
    required: REQUIRED,
    isEdit: true,
  });
  const { comment = "", version, ...columns } = values;
  const edited = { ...page, ...columns };
  // Only a creation is refused: here Taiga fails with a 500.
  if (isSlugTaken(state, edited)) throw new Error(`Another page has the slug ${edited.slug}.`);
  verifyItemVersion(state, KIND, page, { version, body });
  verifyWritable(project);
  verifyMove(state, actor, KIND, { from: page.project, to: edited.project });
  const author = mustBeUser(actor);
  return () => {
    const before = takeSnapshot(state, { kind: KIND, item: page });
    const { version: current } = page;
    const watchers = values.watchers ?? page.watchers;
    Object.assign(page, edited, { last_modifier: author.id, version: current, watchers });
    touch(context, page);
    recordChange(context, { kind: KIND, item: page }, { before, author, comment });
    const texts = [comment, values.content ?? ""];
    addWatchers(state, page, texts, comment === "" ? undefined : author);
    return page;
  };
}

/**
 * `DELETE /wiki/{id}`. Links to the page stay.
 *
 * @throws {ApiError} as Taiga answers.
 */
export function deletePage(context: Context, actor: Actor, id: number | undefined): void {
  const { state } = context;
  const page = findForDelete(state, actor, { kind: KIND, id });
  verifyWritable(mustFind(state.projects, page.project));
  recordDeletion(context, { kind: KIND, item: page }, mustBeUser(actor));
  state.wikiPages = state.wikiPages.filter((row) => row.id !== page.id);
}

const isSlugTaken = (state: State, page: Pick<WikiPage, "id" | "project" | "slug">): boolean =>
  state.wikiPages.some(
    (row) => row.id !== page.id && row.project === page.project && row.slug === page.slug,
  );

/** @throws {ApiError} 400 when another page of the project has the slug. */
function verifyFreeSlug(state: State, page: Pick<WikiPage, "id" | "project" | "slug">): void {
  if (isSlugTaken(state, page)) {
    throw invalidFields({ __all__: ["Wiki page with this Project and Slug already exists."] });
  }
}
