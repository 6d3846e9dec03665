import { group, toId, type Endpoint } from "../http/endpoint.ts";
import { permissionsIn, refusal } from "../model/access.ts";
import type { Context } from "../model/context.ts";
import { apiException, notFound } from "../model/errors.ts";
import { findById, ownRows } from "../model/rows.ts";
import type { Project, State } from "../model/state.ts";

/** Taiga's default: one export or import a minute for each user. */
const SLOT_MS = 60_000;

/** Keeps the exports of this process; the address is secret and cannot be guessed. */
export interface Exports {
  /** @returns the path under `/media`. */
  add: (project: Project) => string;
  find: (path: string) => string | undefined;
}

/** @param newSecret makes the part of the path that cannot be guessed. */
export function createExports(state: State, newSecret: () => string): Exports {
  const texts = new Map<string, string>();
  return {
    add: (project) => {
      const path = `exports/${project.id}/${project.slug}-${newSecret()}.json`;
      texts.set(path, JSON.stringify(toDump(state, project)));
      return path;
    },
    find: (path) => texts.get(path),
  };
}

/** `GET /exporter/{id}`: an administrator gets the address of a file with the whole project. */
export function exporterRoutes(
  { state, clock }: Context,
  exports: Exports,
): Record<string, Endpoint> {
  const last = new Map<number, number>();
  return group("ProjectExporter", {
    "/exporter/:id": {
      GET: (req, actor) => {
        const project = findById(state.projects, toId(req.params["id"]));
        if (actor === null) throw refusal(actor);
        if (project === undefined) throw notFound();
        if (!permissionsIn(state, actor, project).has("modify_project")) throw refusal(actor);
        const now = clock().getTime();
        const left = (last.get(actor.id) ?? -SLOT_MS) + SLOT_MS - now;
        if (left > 0) {
          const seconds = Math.ceil(left / 1000);
          const message = `Request was throttled.Expected available in ${seconds} seconds.`;
          throw apiException(429, "Throttled", message, { "X-Throttle-Wait-Seconds": "60" });
        }
        last.set(actor.id, now);
        const host = `${req.protocol}://${req.get("host") ?? "localhost"}`;
        return { url: `${host}/media/${exports.add(project)}` };
      },
    },
  });
}

/** The parts of Taiga's dump that a reader looks for; people are told by e-mail address. */
function toDump(state: State, project: Project) {
  const emails = new Map(state.users.map((user) => [user.id, user.email]));
  const own = <Row extends { project: number }>(rows: readonly Row[]) =>
    ownRows(rows, project).map(({ project: _project, ...row }) => row);
  const people = <Row extends { owner: number; assigned_to: number | null }>(row: Row) => ({
    ...row,
    owner: emails.get(row.owner),
    assigned_to: row.assigned_to === null ? null : emails.get(row.assigned_to),
  });
  const { name, slug, description, created_date, modified_date, is_private, tags, tags_colors } =
    project;
  return {
    name,
    slug,
    description,
    created_date,
    modified_date,
    is_private,
    tags,
    tags_colors,
    owner: emails.get(project.owner),
    memberships: own(state.memberships).map((row) => ({ ...row, user: emails.get(row.user) })),
    roles: own(state.roles),
    milestones: own(state.milestones),
    epics: own(state.epics).map(people),
    user_stories: own(state.userstories).map(people),
    tasks: own(state.tasks).map(people),
    issues: own(state.issues).map(people),
    wiki_pages: own(state.wikiPages),
    wiki_links: own(state.wikiLinks),
  };
}
