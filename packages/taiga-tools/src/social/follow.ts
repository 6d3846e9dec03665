import { actOnEach, type EachDeps, type EachOutcome, wouldDo } from "../items/act-on-each.ts";
import { type FoundObject, findObjects, toTaigaKind } from "../items/find-objects.ts";
import type { LocateDeps } from "../items/target.ts";
import { TAIGA_WORDS } from "../kinds.ts";
import { verifyWritable } from "../projects/permissions.ts";
import { collectProblems } from "../schema/problems.ts";
import { ToolError } from "../errors.ts";
import { quote } from "../text/quote.ts";

export type FollowDeps = LocateDeps & EachDeps;

export interface FollowRequest {
  refs: readonly string[];
  project: string | undefined;
  /** Whether to begin or to end it. */
  on: boolean;
  dryRun: boolean;
}

/** `/{kind}/{id}/watch` and `/unwatch`, as the caller. Watching twice counts once. */
export function setWatching(request: FollowRequest, context: FollowDeps): Promise<EachOutcome[]> {
  const { watchers } = context.taiga;
  return setEach(request, context, ["watching", "not_watching"], ({ kind, id }) =>
    request.on ? watchers.add(toTaigaKind(kind), id) : watchers.remove(toTaigaKind(kind), id),
  );
}

/** `/{kind}/{id}/upvote` and `/downvote`, as the caller. Wiki pages have no votes. */
export function setVote(request: FollowRequest, context: FollowDeps): Promise<EachOutcome[]> {
  const { votes } = context.taiga;
  return setEach(
    request,
    context,
    ["voted", "vote_withdrawn"],
    ({ kind, id }) => {
      if (kind === "wiki") throw new TypeError("Wiki pages were refused before.");
      const { type } = TAIGA_WORDS[kind];
      return request.on ? votes.add(type, id) : votes.remove(type, id);
    },
    verifyHasVotes,
  );
}

function verifyHasVotes(
  { kind, reference }: Pick<FoundObject, "kind" | "reference">,
  field: string,
) {
  if (kind !== "wiki") return;
  throw new ToolError(
    "invalid_argument",
    `${field}: ${quote(reference)} is a wiki page; only stories, tasks, issues and epics have votes.`,
  );
}

async function setEach(
  request: FollowRequest,
  context: FollowDeps,
  [began, ended]: readonly [string, string],
  act: (object: FoundObject) => Promise<void>,
  verify: typeof verifyHasVotes = () => {},
): Promise<EachOutcome[]> {
  const objects = await findObjects(request, context, (object, field) => {
    verifyWritable(object.project, field);
    verify(object, field);
  });
  const outcome = request.on ? began : ended;
  if (request.dryRun) return wouldDo(objects, `would_be_${outcome}`);
  return actOnEach(objects, outcome, act, context);
}

/** `/projects/{id}/like` and `/unlike`, as the caller. */
export async function setLike(
  { projects, on, dryRun }: { projects: readonly string[]; on: boolean; dryRun: boolean },
  context: FollowDeps,
): Promise<EachOutcome[]> {
  const found = await collectProblems(projects, (reference) => context.projects.resolve(reference));
  const things = [...new Map(found.map((one) => [one.id, { ref: one.slug, id: one.id }])).values()];
  const outcome = on ? "liked" : "not_liked";
  if (dryRun) return wouldDo(things, `would_be_${outcome}`);
  const { taiga } = context;
  return actOnEach(
    things,
    outcome,
    ({ id }) => (on ? taiga.projects.like(id) : taiga.projects.unlike(id)),
    context,
  );
}
