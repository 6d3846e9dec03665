import { actOnEach, type EachDeps, type EachOutcome } from "../items/act-on-each.ts";
import { collectProblems } from "../schema/problems.ts";
import { ToolError } from "../errors.ts";
import type { NotificationDeps } from "./notifications.ts";
import { quote } from "../text/quote.ts";

/** What people call Taiga's levels; `notify_level` and `live_notify_level` have these numbers. */
export const LEVELS = { involved: 1, all: 2, none: 3 } as const;
export type Level = keyof typeof LEVELS;

export interface LevelRequest {
  projects: readonly string[];
  /** By e-mail. */
  mail: Level | undefined;
  /** In an open page of Taiga. */
  live: Level | undefined;
  /** Whether they are in Taiga's list of notifications. */
  list: boolean | undefined;
  dryRun: boolean;
}

const toName = (level: number): string =>
  Object.entries(LEVELS).find(([, number]) => number === level)?.[0] ?? String(level);

/** `/notify-policies`: how much the user hears of each project. Without a change, only shows it. */
export async function setLevel(
  request: LevelRequest,
  context: NotificationDeps & EachDeps,
): Promise<EachOutcome[]> {
  const { taiga, projects } = context;
  const found = await collectProblems(request.projects, (one) => projects.resolve(one));
  const policies = await taiga.notifications.listPolicies();
  const things = await collectProblems(
    [...new Map(found.map((project) => [project.id, project])).values()],
    ({ id, slug }, index) => {
      const policy = policies.find(({ project }) => project === id);
      if (policy !== undefined) return { ref: slug, policy };
      throw new ToolError(
        "not_found",
        `projects[${index}]: you are no member of ${quote(slug)}, so it has no notification level for you.`,
      );
    },
  );
  const changes = {
    ...(request.mail !== undefined && { notify_level: LEVELS[request.mail] }),
    ...(request.live !== undefined && { live_notify_level: LEVELS[request.live] }),
    ...(request.list !== undefined && { web_notify_level: request.list }),
  };
  if (Object.keys(changes).length === 0) {
    throw new ToolError("invalid_argument", "Nothing to change: give mail, live or list.");
  }
  const describe = (before: (typeof policies)[number]): string => {
    const after = { ...before, ...changes };
    return [
      `mail ${toName(before.notify_level)} → ${toName(after.notify_level)}`,
      `live ${toName(before.live_notify_level)} → ${toName(after.live_notify_level)}`,
      `list ${before.web_notify_level ? "on" : "off"} → ${after.web_notify_level ? "on" : "off"}`,
    ].join(", ");
  };
  if (request.dryRun) {
    return things.map(({ ref, policy }) => ({
      ref,
      outcome: "would_change",
      note: describe(policy),
    }));
  }
  return actOnEach(
    things,
    "changed",
    async ({ policy }) => {
      await taiga.notifications.updatePolicy(policy.id, changes);
      return describe(policy);
    },
    context,
  );
}
