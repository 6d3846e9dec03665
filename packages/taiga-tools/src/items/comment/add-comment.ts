import { type LockWrites } from "../../calls/write-locks.ts";
import { type Me } from "@taiga-mcp/taiga-client";
import { ToolError } from "../../errors.ts";
import { capText, MAX_ANSWER_BYTES } from "../../text/cap.ts";
import { toOneLine } from "../../text/clean.ts";
import { fence } from "../../text/fence.ts";
import { verifyPermission, verifyWritable } from "../../projects/permissions.ts";
import { type Project } from "../../projects/project-directory.ts";
import { type CallProgress } from "../../calls/idempotency.ts";
import { mapConcurrent } from "../../schema/map-concurrent.ts";
import { collectProblems } from "../../schema/problems.ts";
import { TAIGA_WORDS, WIKI_WORDS } from "../../kinds.ts";
import { locateAny, needsProject } from "../locate.ts";
import { toMentioned, toNotified } from "../changes/notified.ts";
import { countOutcomes, type ItemFailure, NOT_ATTEMPTED, toItemFailure } from "../outcome.ts";
import { parseAnyReference } from "../reference.ts";
import { type WikiRow } from "../rows.ts";
import { createTaigaItems } from "../taiga-items.ts";
import { writeFields } from "../update/field-writes.ts";
import { createTargetFinder, type LocateDeps, type Target, type TargetFinder } from "../target.ts";
import { quote } from "../../text/quote.ts";

export interface CommentRequest {
  refs: readonly string[];
  comment: string;
  project: string | undefined;
}

/** The outcome of one item or wiki page; `ref` can be used as it is in the next call. */
export type CommentOutcome = { ref: string } & (
  | {
      outcome: "commented" | "would_comment";
      notified: string[];
      /** What others wrote at the same moment. */
      note?: string;
    }
  | ItemFailure
);

export interface CommentDeps extends LocateDeps {
  lockWrites: LockWrites;
  signal: AbortSignal;
  /** Records which items were commented on, so that a repeated call skips them. */
  progress: CallProgress;
  reportProgress(done: number, total: number, message: string): Promise<void>;
}

type Commented = { reference: string; project: Project } & (
  | { target: Target; page?: never }
  | { page: WikiRow; target?: never }
);

/**
 * Comments on items and wiki pages. All references are looked up first; if one is wrong, nothing is
 * written. Even a comment writes the whole item back, so the item is read before, and what somebody
 * else saved in between is put back.
 *
 * @throws {ToolError} that names every problem of the input.
 */
export async function addComments(
  request: CommentRequest,
  deps: CommentDeps,
): Promise<CommentOutcome[]> {
  const prepared = await prepareAll(request, deps);
  const toRef = createRefWriter(prepared, request.project);
  const outcomes: CommentOutcome[] = [];
  let stopped = false;
  for (const [index, one] of prepared.entries()) {
    const ref = toRef(one);
    if (stopped || deps.signal.aborted) {
      outcomes.push({ ref, ...NOT_ATTEMPTED });
      continue;
    }
    try {
      const step = one.page === undefined ? toKey(one.target) : `wiki ${one.page.id}`;
      const made = await deps.progress.step(step, () => write(one, request.comment, deps));
      outcomes.push({ ref, outcome: "commented", ...made });
    } catch (error) {
      const { failure, stops } = toItemFailure(error);
      stopped = stops;
      outcomes.push({ ref, ...failure });
    }
    await deps.reportProgress(index + 1, prepared.length, `${quote(ref)} done`);
  }
  return outcomes;
}

/** Lists who would be notified; writes nothing. */
export async function previewComments(
  request: CommentRequest,
  deps: Omit<CommentDeps, "progress" | "reportProgress" | "lockWrites">,
): Promise<CommentOutcome[]> {
  const prepared = await prepareAll(request, deps);
  const toRef = createRefWriter(prepared, request.project);
  const me = await deps.projects.me();
  return mapConcurrent(prepared, async (one) => {
    const shared = { ref: toRef(one), outcome: "would_comment" as const };
    if (one.page !== undefined) {
      const notified = toMentioned(request.comment, one.project, me);
      return { ...shared, notified };
    }
    const { kind, id, project } = one.target;
    const item = await createTaigaItems(deps.taiga).getById(kind, id);
    const notified = toNotified(item, { comment: request.comment }, project, me);
    return { ...shared, notified };
  });
}

/** Formats the outcome of each item as an answer. */
export function toCommentAnswer(
  outcomes: readonly CommentOutcome[],
  repeated: boolean,
): { text: string; data: { items: CommentOutcome[]; repeated?: true } } {
  const lines = outcomes.map((one) => {
    const head = `${one.ref} ${one.outcome.replaceAll("_", " ")}`;
    if ("error" in one) return `${head} | ${one.error}`;
    const usernames = one.notified.map((username) => `@${username}`).join(" ");
    const verb = one.outcome === "would_comment" ? "would be notified" : "notified";
    const note = one.note === undefined ? "" : ` | ${toOneLine(one.note)}`;
    return `${head}${usernames === "" ? "" : ` | ${verb}: ${usernames}`}${note}`;
  });
  const header = repeated ? "Already done by an earlier call with this key: " : "";
  return {
    text: `${header}${countOutcomes(outcomes)}.\n${fence(capText(lines.join("\n"), MAX_ANSWER_BYTES))}`,
    data: { items: [...outcomes], ...(repeated && { repeated: true as const }) },
  };
}

async function prepareAll(request: CommentRequest, deps: LocateDeps): Promise<Commented[]> {
  const findTarget = createTargetFinder(deps);
  const prepared = await collectProblems(request.refs, (reference, index) =>
    prepare(reference, `refs[${index}]`, { ...deps, findTarget, request }),
  );
  // Two references to the same item must not make two comments.
  const keyOf = ({ target, page }: Commented) =>
    target === undefined ? `wiki ${page.id}` : toKey(target);
  return [...new Map(prepared.map((one) => [keyOf(one), one])).values()];
}

async function prepare(
  reference: string,
  field: string,
  deps: LocateDeps & { findTarget: TargetFinder; request: CommentRequest },
): Promise<Commented> {
  const options = { project: deps.request.project, field };
  const parsed = parseAnyReference(reference, deps.taigaWebUrl, field);
  if ("ref" in parsed) {
    const target = await deps.findTarget(reference, options);
    verifyAllowed(target.project, TAIGA_WORDS[target.kind].permission, field);
    return { reference, project: target.project, target };
  }
  const located = await locateAny(reference, deps, options);
  if (!("page" in located))
    throw new ToolError("invalid_argument", `${field}: not an item or wiki page.`);
  verifyAllowed(located.project, WIKI_WORDS.permission, field);
  return { reference, project: located.project, page: located.page };
}

function verifyAllowed(
  project: Project,
  { modify, comment }: { modify: string; comment: string },
  field: string,
): void {
  verifyWritable(project, field);
  verifyPermission(project, [comment, modify], field);
}

/** Without a version: the caller has not seen the item. */
type Written = { notified: string[]; note?: string };

async function write(one: Commented, comment: string, deps: CommentDeps): Promise<Written> {
  const { target } = one;
  const me = await deps.projects.me();
  if (target === undefined) {
    const name = `wiki:${one.page.slug}`;
    return deps.lockWrites(`wiki ${one.page.id}`, name, () =>
      commentOnPage(one.page, comment, one.project, { ...deps, me }),
    );
  }
  const { kind, id, ref, project } = target;
  return deps.lockWrites(`${kind} ${id}`, `#${ref}`, async (turn) => {
    const before = await createTaigaItems(deps.taiga).getById(kind, id);
    const { item, notes } = await writeFields(
      { item: before, plan: { patch: { comment } }, request: { changes: {} }, project, turn },
      { taiga: deps.taiga, me },
    );
    const notified = toNotified(item, { comment }, project, me);
    return { notified, ...toNote(notes) };
  });
}

async function commentOnPage(
  page: WikiRow,
  comment: string,
  project: Project,
  { taiga, me }: CommentDeps & { me: Me },
): Promise<Written> {
  const { id } = page;
  const { wikiPages } = taiga;
  const answer = { notified: toMentioned(comment, project, me) };
  const { version } = await wikiPages.update(id, { comment, version: page.version });
  if (version === page.version + 1) return answer;
  const history = await taiga.history.list(WIKI_WORDS.type, id);
  const own = history.find((one) => one.user?.pk === me.id && one.comment.trim() === comment);
  const undone: unknown = own?.diff["content"];
  if (!Array.isArray(undone)) return answer;
  const content = String(undone[0]);
  await wikiPages.update(id, { content, version });
  const note = "Somebody saved the page at the same moment; their text was put back.";
  return { ...answer, note };
}

const toNote = (notes: readonly string[]): { note?: string } =>
  notes.length === 0 ? {} : { note: notes.join(" ") };

const toKey = ({ kind, id }: Target): string => `${kind} ${id}`;

function createRefWriter(prepared: readonly Commented[], project: string | undefined) {
  const qualified = needsProject(prepared, project);
  return ({ project: { slug }, target, page }: Commented): string => {
    if (target !== undefined) return `${qualified ? slug : ""}#${target.ref}`;
    return `${qualified ? `${slug}#` : ""}wiki:${page.slug}`;
  };
}
