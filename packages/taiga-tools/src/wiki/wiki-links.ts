import type { TaigaClient, WikiLink } from "@taiga-mcp/taiga-client";
import type { Confirmations } from "../calls/confirmation.ts";
import type { LockWrites } from "../calls/write-locks.ts";
import { askFirst, toConfirmAdvice } from "../calls/two-calls.ts";
import { verifyPermission, verifyWritable } from "../projects/permissions.ts";
import type { Project, ProjectDirectory } from "../projects/project-directory.ts";
import { findByName, isSameName } from "../schema/names.ts";
import { capText, MAX_ANSWER_BYTES } from "../text/cap.ts";
import { toOneLine } from "../text/clean.ts";
import { fence } from "../text/fence.ts";
import { ToolError } from "../errors.ts";

/** An entry of a wiki's menu; `ref` is the page's reference. */
export type LinkRow = { title: string; ref: string; outcome?: string };

export interface WikiDeps {
  taiga: TaigaClient;
  projects: ProjectDirectory;
  confirmations: Confirmations;
  lockWrites: LockWrites;
}

interface Answer {
  text: string;
  data: { links: LinkRow[]; confirm?: string };
}

const toRow = ({ title, href }: WikiLink): LinkRow => ({
  title: toOneLine(title),
  ref: `wiki:${toOneLine(href)}`,
});
const toLine = ({ title, ref }: LinkRow): string => `${title} (${ref})`;

const titlesOf = ({ title, href }: WikiLink): string[] => [title, href, `wiki:${href}`];

/** A wiki's menu in its order, and the project. */
async function readMenu(
  reference: string | undefined,
  { projects, taiga }: WikiDeps,
): Promise<{ project: Project; links: WikiLink[] }> {
  const project = await projects.resolve(reference);
  const links = await taiga.wikiLinks.list(project.id);
  return { project, links: links.toSorted((one, other) => (one.order ?? 0) - (other.order ?? 0)) };
}

export async function listWikiLinks(
  reference: string | undefined,
  context: WikiDeps,
): Promise<Answer> {
  const rows = (await readMenu(reference, context)).links.map(toRow);
  const body = fence(capText(rows.map(toLine).join("\n"), MAX_ANSWER_BYTES));
  return { text: `${rows.length} links in the wiki's menu.\n${body}`, data: { links: rows } };
}

export interface SaveLinkRequest {
  project: string | undefined;
  title: string;
  newTitle: string | undefined;
  /** The 1-based place in the menu. */
  position: number | undefined;
  dryRun: boolean;
}

/** Creates a link, or renames or moves the one with this title. Links have no version. */
export async function saveWikiLink(request: SaveLinkRequest, context: WikiDeps): Promise<Answer> {
  const { project, links } = await readMenu(request.project, context);
  verifyWritable(project, "project");
  const known = links.filter((link) =>
    titlesOf(link).some((one) => isSameName(one, request.title)),
  );
  if (known.length === 0) {
    if (request.newTitle !== undefined) findByName(links, request.title, "title", titlesOf);
    return createLink(request, { project, links }, context);
  }
  const link = findByName(links, request.title, "title", titlesOf);
  verifyPermission(project, ["modify_wiki_link"], "project");
  if (request.newTitle === undefined && request.position === undefined) {
    throw new ToolError(
      "invalid_argument",
      "title: there is a link with this title. Give new_title or position to change it.",
    );
  }
  const { newTitle: title = link.title } = request;
  const order =
    toOrder(
      request.position,
      links.filter(({ id }) => id !== link.id),
    ) ?? link.order;
  if (request.dryRun) return answer("would_change", { ...link, title });
  const changes = { title, ...(order !== null && { order }) };
  return answer(
    "changed",
    await context.lockWrites(`wiki-links ${project.id}`, "the wiki's menu", () =>
      context.taiga.wikiLinks.update(link.id, changes),
    ),
  );
}

async function createLink(
  { title, position, dryRun }: SaveLinkRequest,
  { project, links }: { project: Project; links: readonly WikiLink[] },
  { taiga, lockWrites }: WikiDeps,
): Promise<Answer> {
  verifyPermission(project, ["add_wiki_link"], "project");
  if (dryRun) {
    const row = { title: toOneLine(title), ref: "a page of this title", outcome: "would_create" };
    return { text: `Would create:\n${fence(toLine(row))}`, data: { links: [row] } };
  }
  const order = toOrder(position, links);
  return answer(
    "created",
    await lockWrites(`wiki-links ${project.id}`, "the wiki's menu", () =>
      taiga.wikiLinks.create({ project: project.id, title, order }),
    ),
  );
}

/** A number between those of the neighbours; Taiga sorts by it. `undefined` leaves the place to Taiga. */
function toOrder(position: number | undefined, others: readonly WikiLink[]): number | undefined {
  if (position === undefined) return undefined;
  const before = others[position - 2]?.order;
  const after = others[position - 1]?.order;
  if (after === undefined || after === null) return (others.at(-1)?.order ?? 0) + 1;
  if (before === undefined || before === null) return after - 1;
  return Math.floor((before + after) / 2);
}

/** Deletes links in two calls; their pages stay. */
export async function deleteWikiLinks(
  request: { project: string | undefined; titles: readonly string[]; confirm: string | undefined },
  context: WikiDeps,
): Promise<Answer> {
  const { project, links } = await readMenu(request.project, context);
  verifyWritable(project, "project");
  verifyPermission(project, ["delete_wiki_link"], "project");
  const chosen = request.titles.map((title, index) =>
    findByName(links, title, `titles[${index}]`, titlesOf),
  );
  const unique = [...new Set(chosen)];
  const facts = {
    links: unique.toSorted((one, other) => one.id - other.id).map(({ id, title }) => [id, title]),
  };
  const token = askFirst(request.confirm, facts, context.confirmations);
  const rows = unique.map(toRow);
  const body = fence(rows.map(toLine).join("\n"));
  if (token !== undefined) {
    return {
      text: `Nothing was deleted yet. These links would go from the wiki's menu; their pages stay:\n${body}\n${toConfirmAdvice(token)}`,
      data: { links: rows.map((row) => ({ ...row, outcome: "would_delete" })), confirm: token },
    };
  }
  for (const { id } of unique) await context.taiga.wikiLinks.delete(id);
  return {
    text: `${rows.length} deleted.\n${body}`,
    data: { links: rows.map((row) => ({ ...row, outcome: "deleted" })) },
  };
}

function answer(outcome: string, link: WikiLink): Answer {
  const row = { ...toRow(link), outcome };
  return {
    text: `${outcome.replaceAll("_", " ")}:\n${fence(toLine(row))}`,
    data: { links: [row] },
  };
}
