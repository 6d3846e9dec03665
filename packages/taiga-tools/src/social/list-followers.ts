import type { Follower } from "@taiga-mcp/taiga-client";
import { findObjects, toTaigaKind } from "../items/find-objects.ts";
import type { LocateDeps } from "../items/target.ts";
import { TAIGA_WORDS } from "../kinds.ts";
import { mapConcurrent } from "../schema/map-concurrent.ts";
import { capText, MAX_ANSWER_BYTES } from "../text/cap.ts";
import { toOneLine } from "../text/clean.ts";
import { fence } from "../text/fence.ts";

/** The people at one item, wiki page or project, by username. */
export type Followers = {
  ref: string;
  watchers: string[];
  /** Of items. */
  voters?: string[];
  /** Those who like a project. */
  fans?: string[];
};

/** Lists who watches and votes for items and wiki pages; without any, who watches and likes the project. */
export async function listFollowers(
  { refs, project }: { refs: readonly string[]; project: string | undefined },
  context: LocateDeps,
): Promise<{ text: string; data: { items: Followers[] } }> {
  const items =
    refs.length === 0
      ? [await readProject(project, context)]
      : await readObjects(refs, project, context);
  const lines = items.map(({ ref, watchers, voters, fans }) =>
    [
      ref,
      `watching: ${toPeople(watchers)}`,
      ...(voters === undefined ? [] : [`voted: ${toPeople(voters)}`]),
      ...(fans === undefined ? [] : [`like it: ${toPeople(fans)}`]),
    ].join(" | "),
  );
  return { text: fence(capText(lines.join("\n"), MAX_ANSWER_BYTES)), data: { items } };
}

async function readProject(
  reference: string | undefined,
  { projects, taiga }: LocateDeps,
): Promise<Followers> {
  const { id, slug } = await projects.resolve(reference);
  const [watchers, fans] = await Promise.all([
    taiga.projects.watchers(id),
    taiga.projects.fans(id),
  ]);
  return { ref: slug, watchers: toUsernames(watchers), fans: toUsernames(fans) };
}

async function readObjects(
  refs: readonly string[],
  project: string | undefined,
  context: LocateDeps,
): Promise<Followers[]> {
  const { taiga } = context;
  const objects = await findObjects({ refs, project }, context);
  return mapConcurrent(objects, async ({ ref, kind, id }) => {
    const [watchers, voters] = await Promise.all([
      taiga.watchers.list(toTaigaKind(kind), id),
      kind === "wiki" ? undefined : taiga.votes.list(TAIGA_WORDS[kind].type, id),
    ]);
    return {
      ref,
      watchers: toUsernames(watchers),
      ...(voters !== undefined && { voters: toUsernames(voters) }),
    };
  });
}

const toUsernames = (people: readonly Follower[]): string[] =>
  people.map(({ username }) => toOneLine(username));

const toPeople = (usernames: readonly string[]): string =>
  usernames.map((username) => `@${username}`).join(" ") || "nobody";
