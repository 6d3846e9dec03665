import type { TaigaClient } from "@taiga-mcp/taiga-client";
import type { Clock } from "../clock.ts";
import { isExpected } from "../errors.ts";
import { toFailure, toFailureText } from "../failure.ts";
import type { Caller } from "../policy/caller.ts";
import type { ProjectDirectory } from "../projects/project-directory.ts";
import { capText, MAX_ANSWER_BYTES } from "../text/cap.ts";
import { toOneLine } from "../text/clean.ts";
import { fence } from "../text/fence.ts";

export interface StatusDeps {
  taiga: TaigaClient;
  projects: ProjectDirectory;
  grant: Pick<Caller, "access" | "projects">;
  taigaWebUrl: string;
  clock: Clock;
}

/** What this connection is, and whether Taiga answers it. A Taiga that does not is an answer, too. */
export async function readStatus({ taiga, projects, grant, taigaWebUrl, clock }: StatusDeps) {
  const begin = performance.now();
  const reached = await taiga.users.me().then(
    (me) => ({
      username: toOneLine(me.username),
      milliseconds: Math.round(performance.now() - begin),
    }),
    (error: unknown) => {
      if (!isExpected(error)) throw error;
      return { problem: toOneLine(toFailureText(toFailure(error))) };
    },
  );
  const covered = grant.projects === "all" ? "all" : await listSlugs(projects);
  const data = {
    taiga: taigaWebUrl,
    answers: !("problem" in reached),
    ...reached,
    access: grant.access,
    projects: covered,
    time: `${new Date(clock() * 1_000).toISOString().slice(0, 19)}Z`,
  };
  const lines = [
    "problem" in reached
      ? `Taiga at ${taigaWebUrl} does not answer: ${reached.problem}`
      : `Taiga at ${taigaWebUrl} answered in ${reached.milliseconds} ms, as @${reached.username}`,
    `access level of this connection: ${data.access}`,
    `projects of this connection: ${covered === "all" ? "all that you can see" : (covered?.join(", ") ?? "unknown while Taiga does not answer")}`,
    `server time: ${data.time}`,
  ];
  return { text: fence(capText(lines.join("\n"), MAX_ANSWER_BYTES)), data };
}

/** `undefined` while Taiga does not answer. */
async function listSlugs(projects: ProjectDirectory): Promise<string[] | undefined> {
  try {
    return (await projects.list()).map(({ slug }) => toOneLine(slug));
  } catch (error) {
    if (!isExpected(error)) throw error;
    return undefined;
  }
}
