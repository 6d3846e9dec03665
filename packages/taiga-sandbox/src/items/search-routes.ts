import { permissionFor, permissionsIn } from "../model/access.ts";
import type { Context } from "../model/context.ts";
import { group, queryText, toId, type Endpoint } from "../http/endpoint.ts";
import { notFound } from "../model/errors.ts";
import { DEFAULT_ORDER, rowsOf, searchText, totalPoints, type ItemRows } from "../model/kinds.ts";
import { compileQuery, type Matcher } from "../http/search-query.ts";
import { findById } from "../model/rows.ts";
import type { ItemKind, Project, State, UserStory } from "../model/state.ts";

/** Taiga stops after this many results of a type. */
const MAX_RESULTS = 150;

/** `GET /search?project=&text=`: results in one project. Types that the caller may not see are omitted. */
export function searchRoutes({ state }: Context): Record<string, Endpoint> {
  return group("Search", {
    "/search": {
      GET: (req, actor) => {
        const project = findById(state.projects, toId(queryText(req, "project")));
        if (project === undefined) throw notFound();
        const permissions = permissionsIn(state, actor, project);
        const finds = search(state, project, compileQuery(queryText(req, "text") ?? ""));
        const visible = Object.entries(finds)
          .filter(([, { permission }]) => permissions.has(permission))
          .map(([name, { results }]) => [name, results] as const);
        const count = visible.reduce((sum, [, results]) => sum + results.length, 0);
        return { ...Object.fromEntries(visible), count };
      },
    },
  });
}

function search(state: State, project: Project, matches: Matcher) {
  const find = <Kind extends ItemKind>(kind: Kind, toRow: (item: ItemRows[Kind]) => unknown) => ({
    permission: permissionFor("view", kind),
    results: rowsOf(state, kind)
      .filter((item) => item.project === project.id && matches(searchText(item)))
      .toSorted(DEFAULT_ORDER[kind])
      .slice(0, MAX_RESULTS)
      .map(toRow),
  });
  const toRow = ({ id, ref, subject, status, assigned_to }: ItemRows[ItemKind]) => ({
    id,
    ref,
    subject,
    status,
    assigned_to,
  });
  const toStoryRow = (story: UserStory) => {
    const milestone = findById(state.milestones, story.milestone);
    return {
      id: story.id,
      ref: story.ref,
      subject: story.subject,
      status: story.status,
      total_points: totalPoints(state, story),
      milestone_name: milestone?.name ?? null,
      milestone_slug: milestone?.slug ?? null,
    };
  };
  return {
    epics: find("epic", toRow),
    userstories: find("userstory", toStoryRow),
    tasks: find("task", toRow),
    issues: find("issue", toRow),
    wikipages: {
      permission: "view_wiki_pages",
      results: state.wikiPages
        .filter((page) => page.project === project.id && matches(`${page.slug} ${page.content}`))
        .slice(0, MAX_RESULTS)
        .map(({ id, slug }) => ({ id, slug })),
    },
  };
}
