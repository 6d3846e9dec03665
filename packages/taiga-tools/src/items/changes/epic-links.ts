import { type TaigaClient, TaigaError } from "@taiga-mcp/taiga-client";
import { type ProjectDirectory } from "../../projects/project-directory.ts";
import { type Named } from "./find-values.ts";
import { mapConcurrent } from "../../schema/map-concurrent.ts";
import { type ResolvedChanges } from "./resolve-changes.ts";
import { type Item } from "../taiga-items.ts";
import { isMissingOrHidden } from "../target.ts";

/** What would change among the epics of a story, or the stories of an epic. */
export interface LinksChange {
  field: "epic" | "stories";
  before: string;
  after: string;
  links: readonly EpicLink[];
}

/** One story to add to an epic, or to remove from it. */
export interface EpicLink {
  epicId: number;
  storyId: number;
  action: "add" | "remove";
}

export interface LinkDeps {
  taiga: TaigaClient;
  projects: Pick<ProjectDirectory, "covers" | "isLimited">;
}

/** Page size; far more stories than an epic has in practice. */
const MAX_STORIES = 1_000;

/**
 * Compares the wanted links with the current ones: Taiga keeps no version and no history of links.
 * @returns `undefined` if nothing changes.
 */
export async function toLinksChange(
  item: Item,
  { epics, stories }: ResolvedChanges,
  deps: LinkDeps,
): Promise<LinksChange | undefined> {
  if (item.kind === "story" && epics !== undefined) {
    const covered = await coveredEpics(item.epics, deps);
    const current = covered.map(({ id, ref, project }) => ({
      id,
      name: `${project === undefined || project.id === item.project ? "" : project.slug}#${ref}`,
    }));
    const toLink = (epicId: number) => ({ epicId, storyId: item.id });
    return compare("epic", current, epics, toLink);
  }
  if (item.kind === "epic" && stories !== undefined) {
    const { taiga, projects } = deps;
    const rows = await taiga.userStories.list({ epic: item.id }, { pageSize: MAX_STORIES });
    // Neither show nor change stories of projects that the grant does not cover.
    const covered = rows.items.filter((row) => projects.covers(row.project));
    const current = covered.map((row) => ({
      id: row.id,
      name: `${row.project === item.project ? "" : (row.project_extra_info?.slug ?? "")}#${row.ref}`,
    }));
    const toLink = (storyId: number) => ({ epicId: item.id, storyId });
    return compare("stories", current, stories, toLink);
  }
  return undefined;
}

/**
 * A story may be in epics of other projects, and older versions of Taiga do not name those
 * projects in its row. Epics of
 * projects that the grant does not cover are neither shown nor changed.
 */
async function coveredEpics<Epic extends { id: number; project?: { id: number } | undefined }>(
  epics: readonly Epic[],
  { taiga, projects }: LinkDeps,
): Promise<readonly Epic[]> {
  if (!projects.isLimited) return epics;
  const covered = await mapConcurrent(epics, async ({ id, project }) => {
    if (project !== undefined) return projects.covers(project.id);
    try {
      return projects.covers((await taiga.epics.getById(id)).project);
    } catch (error) {
      if (isMissingOrHidden(error)) return false;
      throw error;
    }
  });
  return epics.filter((_epic, index) => covered[index]);
}

function compare(
  field: LinksChange["field"],
  current: readonly Named[],
  wanted: readonly Named[],
  toLink: (id: number) => Omit<EpicLink, "action">,
): LinksChange | undefined {
  const without = (list: readonly Named[], others: readonly Named[]) =>
    list.filter(({ id }) => !others.some((other) => other.id === id));
  const links = [
    ...without(wanted, current).map(({ id }) => ({ ...toLink(id), action: "add" as const })),
    ...without(current, wanted).map(({ id }) => ({ ...toLink(id), action: "remove" as const })),
  ];
  if (links.length === 0) return undefined;
  const join = (list: readonly Named[]) => list.map(({ name }) => name).join(" ");
  return { field, before: join(current), after: join(wanted), links };
}

/**
 * Adds a story to an epic or removes it. If another user has done the same in the meantime, the
 * write counts as successful.
 */
export async function writeLink(
  { epicId, storyId, action }: EpicLink,
  { epics }: Pick<TaigaClient, "epics">,
): Promise<void> {
  if (action === "remove") {
    await epics.removeStory(epicId, storyId);
    return;
  }
  try {
    await epics.addStory(epicId, storyId);
  } catch (error) {
    const isRefused = error instanceof TaigaError && error.code === "validation_failed";
    if (!isRefused || !(await isLinked(epicId, storyId, epics))) throw error;
  }
}

async function isLinked(
  epicId: number,
  storyId: number,
  epics: TaigaClient["epics"],
): Promise<boolean> {
  const links = await epics.listStories(epicId);
  return links.some((link) => link.user_story === storyId);
}
