import { type Page, type TaigaClient, type TimelineEntry } from "@taiga-mcp/taiga-client";
import { isMissingOrHidden } from "../items/target.ts";
import { type ActivityEntry, type LinkedStory, toActivityEntry } from "./activity-entry.ts";

export interface ActivityRequest {
  /** Taiga's id of a user; if omitted, the activity of all users in the project. */
  userId?: number | undefined;
  /** If omitted, all projects that the grant covers. */
  projectId?: number | undefined;
  /** `YYYY-MM-DD`, inclusive. */
  since?: string | undefined;
  limit: number;
  start?: ActivityPosition | undefined;
}

/** The position at which a list of events stopped. */
export interface ActivityPosition {
  /** Page of Taiga's timeline, from 1. New events move older ones to later pages only. */
  page: number;
  /** All events at or after this time were shown. */
  before: string;
}

export interface Activity {
  entries: ActivityEntry[];
  /** Where the next call continues; omitted at the end. */
  next?: ActivityPosition;
}

const PAGE_SIZE = 100;
/** An epic and one of its stories were linked, or no longer are. */
const LINK_EVENT = "epics.relateduserstory.";
/** Limits the stories that one call reads for the events of epics. */
const MAX_LINKED = 20;
/** Limits the pages that one call reads, however few events match. */
const MAX_PAGES = 10;

/**
 * Lists events, newest first. Taiga cannot filter its timelines, so this reads pages until it has
 * found enough events. Events that Taiga lists several times are returned once.
 *
 * @param covers whether the grant covers a project: a person's timeline spans all projects.
 */
export async function readActivity(
  request: ActivityRequest,
  { timeline, userStories }: Pick<TaigaClient, "timeline" | "userStories">,
  covers: (projectId: number) => boolean,
): Promise<Activity> {
  const { userId, projectId, since = "", limit, start } = request;
  const read = (page: number): Promise<Page<TimelineEntry>> =>
    userId === undefined
      ? timeline.project(projectId!, { page, pageSize: PAGE_SIZE })
      : timeline.user(userId, { page, pageSize: PAGE_SIZE });
  const isWanted = ({ created, data }: TimelineEntry): boolean =>
    (start === undefined || created < start.before) &&
    data.project !== null &&
    covers(data.project.id) &&
    (projectId === undefined || data.project.id === projectId);

  const stories = new Map<number, Promise<LinkedStory | undefined>>();
  /** An epic's event does not say in which project its story is, so the story is read. */
  const findLinked = async ({ data, event_type }: TimelineEntry) => {
    const id = data.userstory?.id;
    if (!event_type.startsWith(LINK_EVENT) || id === undefined) return undefined;
    if (!stories.has(id) && stories.size < MAX_LINKED) stories.set(id, readStory(id, userStories));
    const story = await stories.get(id);
    return story !== undefined && covers(story.project) ? story : undefined;
  };

  const first = start?.page ?? 1;
  const isOutdated = createOutdatedCheck();
  const seen = new Set<string>();
  const entries: ActivityEntry[] = [];
  for (let page = first; ; page += 1) {
    const { items, hasNext } = await read(page);
    for (const event of items) {
      if (event.created < since) return { entries };
      const last = entries.at(-1);
      // Events with the same time stay together, so a time is enough to mark a position.
      if (entries.length >= limit && last !== undefined && event.created < last.at) {
        return { entries, next: { page, before: last.at } };
      }
      const key = toKey(event);
      if (!isWanted(event) || seen.has(key) || isOutdated(event)) continue;
      seen.add(key);
      const linked = await findLinked(event);
      const entry = toActivityEntry(event, { qualified: projectId === undefined, linked });
      if (entry !== undefined) entries.push(entry);
    }
    if (!hasNext) return { entries };
    const oldest = items.at(-1)?.created;
    if (page - first + 1 >= MAX_PAGES && oldest !== undefined) {
      // The next page may hold more events of the same time.
      return { entries, next: { page: page + 1, before: toAfter(oldest) } };
    }
  }
}

async function readStory(
  id: number,
  userStories: TaigaClient["userStories"],
): Promise<LinkedStory | undefined> {
  try {
    const { project, project_extra_info: info } = await userStories.getById(id);
    return { project, slug: info?.slug };
  } catch (error) {
    if (isMissingOrHidden(error)) return undefined;
    throw error;
  }
}

/**
 * Tells which events show a comment as it no longer is. When a comment is edited or deleted, Taiga
 * adds another event of the same time, which comes first, and keeps the earlier ones.
 */
function createOutdatedCheck(): (event: TimelineEntry) => boolean {
  const newest = new Map<string, boolean>();
  return ({ created, event_type: type, data }) => {
    const { user, userstory, task, issue, epic, wikipage, values_diff } = data;
    const object = (userstory ?? task ?? issue ?? epic ?? wikipage)?.id;
    const key = JSON.stringify([created, type, user?.id, object, values_diff]);
    const isRevised = data.comment_deleted || data.comment_edited;
    const wasRevised = newest.get(key);
    if (wasRevised === undefined) newest.set(key, isRevised);
    return wasRevised === true || (wasRevised === false && isRevised);
  };
}

/** Taiga repeats an event under several ids; all other members are equal. */
const toKey = ({ created, event_type, data }: TimelineEntry): string =>
  JSON.stringify([created, event_type, data]);

/** A text that sorts directly after a timestamp. */
const toAfter = (moment: string): string => `${moment}~`;
