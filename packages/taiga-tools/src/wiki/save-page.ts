import { TaigaError, type TaigaClient, type WikiPage } from "@taiga-mcp/taiga-client";
import type { LockWrites } from "../calls/write-locks.ts";
import { ToolError } from "../errors.ts";
import { parseAnyReference } from "../items/reference.ts";
import { isMissingOrHidden } from "../items/target.ts";
import { parseVersion } from "../items/version.ts";
import { verifyPermission, verifyWritable } from "../projects/permissions.ts";
import type { Project, ProjectDirectory } from "../projects/project-directory.ts";
import { quote } from "../text/quote.ts";

export interface SavePageRequest {
  /** `wiki:page`, an address, or the page's name. */
  page: string;
  /** Markdown; the whole page. */
  content: string;
  /** What `get_items` showed; an existing page needs it. */
  version: string | undefined;
  comment: string | undefined;
  project: string | undefined;
  dryRun: boolean;
}

export interface SavePageDeps {
  taiga: TaigaClient;
  projects: ProjectDirectory;
  lockWrites: LockWrites;
  taigaWebUrl: string;
}

export type SavedPage = {
  ref: string;
  outcome: "created" | "changed" | "unchanged" | "would_create" | "would_change";
  version?: string;
  /** Characters before and after. */
  length: { before: number; after: number };
};

/**
 * Creates a wiki page, or replaces the content of one. A page is one text, so a change by somebody
 * else since the version that the caller saw is a conflict; nothing is written then.
 *
 * @throws {ToolError} `version_conflict` for a page that exists and was not read, or has changed.
 */
export async function savePage(request: SavePageRequest, deps: SavePageDeps): Promise<SavedPage> {
  const { slug, project } = await findPlace(request, deps);
  verifyWritable(project, "project");
  const existing = await readPage(project, slug, deps.taiga);
  return existing === undefined
    ? createPage(request, { slug, project }, deps)
    : changePage(request, { existing, project }, deps);
}

async function findPlace({ page, project }: SavePageRequest, deps: SavePageDeps) {
  const isReference = /^https?:|^[^#]*#?\s*wiki\s*:/i.test(page);
  const parsed = isReference ? parseAnyReference(page, deps.taigaWebUrl, "page") : { page };
  if (!("page" in parsed)) {
    throw new ToolError("invalid_argument", `page: ${quote(page)} is no wiki page.`);
  }
  const found = await deps.projects.resolve(("project" in parsed && parsed.project) || project);
  const slug = parsed.page.trim().replaceAll(/\s+/g, "-");
  if (!/^[\p{L}\p{N}_-]{1,500}$/u.test(slug)) {
    throw new ToolError(
      "invalid_argument",
      `page: ${quote(page)} must consist of letters, digits, "-" and "_"; spaces become "-".`,
    );
  }
  return { slug, project: found };
}

async function readPage(
  project: Project,
  slug: string,
  { wikiPages }: TaigaClient,
): Promise<WikiPage | undefined> {
  try {
    return await wikiPages.getBySlug(project.id, slug);
  } catch (error) {
    if (!isMissingOrHidden(error)) throw error;
    return undefined;
  }
}

async function createPage(
  { content, dryRun, version }: SavePageRequest,
  { slug, project }: { slug: string; project: Project },
  { taiga, lockWrites }: SavePageDeps,
): Promise<SavedPage> {
  if (version !== undefined) {
    throw new ToolError(
      "version_conflict",
      `version: the page ${quote(slug)} does not exist (any more).`,
    );
  }
  verifyPermission(project, ["add_wiki_page"], "project");
  const answer = { ref: `wiki:${slug}`, length: { before: 0, after: content.length } };
  if (dryRun) return { ...answer, outcome: "would_create" };
  const page = await lockWrites(`wiki ${project.id} ${slug}`, `wiki:${slug}`, () =>
    taiga.wikiPages.create({ project: project.id, slug, content }),
  );
  return { ...answer, ref: `wiki:${page.slug}`, outcome: "created", version: String(page.version) };
}

async function changePage(
  { content, version, comment, dryRun }: SavePageRequest,
  { existing, project }: { existing: WikiPage; project: Project },
  { taiga, lockWrites }: SavePageDeps,
): Promise<SavedPage> {
  verifyPermission(project, ["modify_wiki_page"], "project");
  const { id, slug } = existing;
  const ref = `wiki:${slug}`;
  const length = { before: existing.content.length, after: content.length };
  if (existing.content === content) {
    return { ref, outcome: "unchanged", version: String(existing.version), length };
  }
  verifySeen(existing, version);
  if (dryRun) return { ref, outcome: "would_change", length };
  return lockWrites(`wiki ${id}`, ref, async () => {
    const changes = {
      content,
      version: existing.version,
      ...(comment !== undefined && { comment }),
    };
    const saved = await taiga.wikiPages.update(id, changes).catch((error: unknown) => {
      if (!(error instanceof TaigaError) || error.code !== "version_conflict") throw error;
      throw conflict(slug);
    });
    return { ref, outcome: "changed", version: String(saved.version), length };
  });
}

function verifySeen({ slug, version }: WikiPage, seen: string | undefined): void {
  if (seen === undefined) {
    throw new ToolError(
      "version_conflict",
      `version: the page ${quote(slug)} exists. Read it with get_items, and send its version with the whole new content. Nothing was written.`,
    );
  }
  if (parseVersion(seen, "version").item !== version) throw conflict(slug);
}

const conflict = (slug: string): ToolError =>
  new ToolError(
    "version_conflict",
    `version: somebody has changed the page ${quote(slug)} since. Nothing was written. Read it again with get_items, and put your change into the new text.`,
  );
