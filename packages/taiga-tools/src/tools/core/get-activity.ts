import { z } from "zod";
import { decodeCursor, encodeCursor, MAX_CURSOR_LENGTH } from "../../schema/cursor.ts";
import { defineTool, READS } from "../../tool/define-tool.ts";
import { count, day, maybe, openRow, project, text } from "../../schema/fields.ts";
import { toActivityAnswer } from "../../activity/activity-answer.ts";
import { type ActivityPosition, readActivity } from "../../activity/activity.ts";
import { findPerson } from "../../projects/people.ts";
import { isSameName } from "../../schema/names.ts";
import { type ProjectDirectory } from "../../projects/project-directory.ts";

const DEFAULT_LIMIT = 50;

export default defineTool({
  name: "get_activity",
  title: "Get activity",
  description: "List events in a project, or what a person did, newest first.",
  access: "read",
  annotations: READS,
  isExpensive: true,
  inputSchema: z.strictObject({
    project: maybe(project),
    person: maybe(text(200).describe("User name or me; me works without project")),
    since: maybe(day.describe("YYYY-MM-DD")),
    limit: maybe(count(1, 200).describe(`Default ${DEFAULT_LIMIT}, at most 200`)),
    cursor: maybe(text(MAX_CURSOR_LENGTH).describe("From the last answer; keep other arguments")),
  }),
  outputSchema: z.object({
    events: z.array(openRow({ at: z.string(), what: z.string() })),
    cursor: z.string().optional(),
  }),
  async handler(input, { taiga, projects }) {
    const { cursor, limit = DEFAULT_LIMIT, since } = input;
    const { projectId, userId } = await resolveScope(input, projects);
    const search = { projectId, userId, since };
    const start = toStart(cursor === undefined ? undefined : decodeCursor(cursor, search));
    const activity = await readActivity({ ...search, limit, start }, taiga, (id) =>
      projects.covers(id),
    );
    return toActivityAnswer(activity, start?.page ?? 1, ({ page, before }) =>
      encodeCursor({ source: String(page), after: { value: before, id: 0 } }, search),
    );
  },
});

/** Finds the user or project of the request; `me` needs no project. */
async function resolveScope(
  { project: reference, person }: { project?: string | undefined; person?: string | undefined },
  projects: ProjectDirectory,
): Promise<{ projectId?: number; userId?: number }> {
  if (person === undefined) return { projectId: (await projects.resolve(reference)).id };
  const me = await projects.me();
  if (reference === undefined && isSameName(person, "me")) return { userId: me.id };
  const found = await projects.resolve(reference);
  const { id: userId } = await findPerson(found, projects, person, "person");
  return { projectId: found.id, userId };
}

function toStart(
  position: ReturnType<typeof decodeCursor> | undefined,
): ActivityPosition | undefined {
  const { source, after } = position ?? {};
  if (source === undefined || typeof after?.value !== "string") return undefined;
  return { page: Math.max(1, Math.trunc(Number(source)) || 1), before: after.value };
}
