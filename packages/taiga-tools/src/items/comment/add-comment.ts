import { ToolError } from "../../errors.ts";
import { capText, MAX_ANSWER_BYTES } from "../../text/cap.ts";
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
import { createTargetFinder, type LocateDeps, type Target, type TargetFinder } from "../target.ts";
import { quote } from "../../text/quote.ts";

export interface CommentRequest {
  refs: readonly string[];
  comment: string;
  project: string | undefined;
}

/** The outcome of one item or wiki page; `ref` can be used as it is in the next call. */
export type CommentOutcome = { ref: string } & (
  | { outcome: "commented" | "would_comment"; version: string; notified: string[] }
  | ItemFailure
);

export interface CommentDeps extends LocateDeps {
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
 * written. An item costs one request besides its look-up: Taiga accepts a comment without other
 * changes on any version, so the item need not be read.
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
  deps: Omit<CommentDeps, "progress" | "reportProgress">,
): Promise<CommentOutcome[]> {
  const prepared = await prepareAll(request, deps);
  const toRef = createRefWriter(prepared, request.project);
  const me = await deps.projects.me();
  return mapConcurrent(prepared, async (one) => {
    const shared = { ref: toRef(one), outcome: "would_comment" as const };
    if (one.page !== undefined) {
      const notified = toMentioned(request.comment, one.project, me);
      return { ...shared, version: String(one.page.version), notified };
    }
    const { kind, id, project } = one.target;
    const item = await createTaigaItems(deps.taiga).getById(kind, id);
    const notified = toNotified(item, { comment: request.comment }, project, me);
    return { ...shared, version: String(item.version), notified };
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
    return `${head} | v${one.version}${usernames === "" ? "" : ` | ${verb}: ${usernames}`}`;
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

/** Taiga accepts any version that the item has had, and every item has had version 1. */
const FIRST_VERSION = 1;

async function write(
  { target, page, project }: Commented,
  comment: string,
  { taiga, projects }: LocateDeps,
): Promise<{ version: string; notified: string[] }> {
  const me = await projects.me();
  if (target === undefined) {
    const { version } = await taiga.wikiPages.update(page.id, { comment, version: page.version });
    return { version: String(version), notified: toMentioned(comment, project, me) };
  }
  const { kind, id } = target;
  const changes = { comment, version: FIRST_VERSION };
  const item = await createTaigaItems(taiga).update(kind, id, changes);
  const notified = toNotified(item, { comment }, project, me);
  return { version: String(item.version), notified };
}

const toKey = ({ kind, id }: Target): string => `${kind} ${id}`;

function createRefWriter(prepared: readonly Commented[], project: string | undefined) {
  const qualified = needsProject(prepared, project);
  return ({ project: { slug }, target, page }: Commented): string => {
    if (target !== undefined) return `${qualified ? slug : ""}#${target.ref}`;
    return `${qualified ? `${slug}#` : ""}wiki:${page.slug}`;
  };
}
