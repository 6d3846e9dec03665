import { type Page, type TaigaClient, type TimelineEntry } from "@taiga-mcp/taiga-client";
import { type ActivityEntry, toActivityEntry } from "./activity-entry.ts";

export interface ActivityRequest {
  /** Whose activity, by Taiga's id; left out, everybody's in the project. */
  userId?: number | undefined;
  /** Left out, all projects that the grant covers. */
  projectId?: number | undefined;
  /** `YYYY-MM-DD`, inclusive. */
  since?: string | undefined;
  limit: number;
  start?: ActivityPosition | undefined;
}

/** Where a list of events stopped. */
export interface ActivityPosition {
  /** Of Taiga's list, from 1: new events move older ones to later pages, never to earlier ones. */
  page: number;
  /** Everything from this moment on was shown. */
  before: string;
}

export interface Activity {
  entries: ActivityEntry[];
  /** Where to go on; left out at the end. */
  next?: ActivityPosition;
}

const PAGE_SIZE = 100;
/** One call reads no more, even when little of it is wanted. */
const MAX_PAGES = 10;

/**
 * Reads what happened, the newest first. Taiga cannot filter its timelines, so pages are read until
 * enough is found. An event that Taiga tells several times is told once.
 *
 * @param covers whether the grant covers a project: a person's timeline spans all projects.
 */
export async function readActivity(
  request: ActivityRequest,
  { timeline }: Pick<TaigaClient, "timeline">,
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

  const first = start?.page ?? 1;
  const seen = new Set<string>();
  const entries: ActivityEntry[] = [];
  for (let page = first; ; page += 1) {
    const { items, hasNext } = await read(page);
    for (const event of items) {
      if (event.created < since) return { entries };
      const last = entries.at(-1);
      // Those of one moment stay together, so that a moment says where to go on.
      if (entries.length >= limit && last !== undefined && event.created < last.at) {
        return { entries, next: { page, before: last.at } };
      }
      const key = toKey(event);
      if (!isWanted(event) || seen.has(key)) continue;
      seen.add(key);
      const entry = toActivityEntry(event, { qualified: projectId === undefined });
      if (entry !== undefined) entries.push(entry);
    }
    if (!hasNext) return { entries };
    const oldest = items.at(-1)?.created;
    if (page - first + 1 >= MAX_PAGES && oldest !== undefined) {
      // What is left of that moment may stand on the next page.
      return { entries, next: { page: page + 1, before: toAfter(oldest) } };
    }
  }
}

/** The same event comes with several ids, alike in everything else. */
const toKey = ({ created, event_type, data }: TimelineEntry): string =>
  JSON.stringify([created, event_type, data]);

/** The smallest text after a moment. */
const toAfter = (moment: string): string => `${moment}~`;
