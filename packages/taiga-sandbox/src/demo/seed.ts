import type { Application, CustomAttribute, Project, Role, User } from "../model/state.ts";
import type { Template } from "./templates.ts";

/** A time of a seed: so many days before or after the first day, at this time of day (UTC). */
export type Moment = readonly [days: number, time: string];

/**
 * What a fresh sandbox holds, by names instead of ids. Ids are given out in the order of the lists,
 * so that the same seed has the same ids every time.
 */
export interface Seed {
  /** The ids after which each table begins, by the table's name; 0 when left out. */
  lastIds?: Record<string, number>;
  applications?: Application[];
  users: UserSeed[];
  projects: ProjectSeed[];
}

/** The password is the user name with `-password` behind it. */
interface UserSeed extends Pick<User, "username" | "full_name" | "color"> {
  /** The user name at example.com when left out. */
  email?: string;
  bio?: string;
  is_superuser?: boolean;
  /** The moment of the seeding when left out; so are the other moments of users and projects. */
  joined?: Moment;
}

/** A project as its template sets it up, with its owner as the first member. */
export interface ProjectSeed extends Pick<
  Project,
  "name" | "slug" | "description" | "is_private" | "tags"
> {
  owner: string;
  template: Template;
  created?: Moment;
  /** What differs from the template. */
  columns?: Partial<Project>;
  /** Besides those of the template. The id is the next one when left out. */
  roles?: (Pick<Role, "name" | "computable" | "permissions" | "order"> & { id?: number })[];
  members?: (readonly [username: string, role: string, joined?: Moment])[];
  /** By the names of story statuses. */
  wipLimits?: Record<string, number>;
  swimlanes?: { name: string; wipLimits?: Record<string, number> }[];
  customAttributes?: Pick<CustomAttribute, "kind" | "name" | "description" | "type" | "extra">[];
  sprints?: SprintSeed[];
  epics?: EpicSeed[];
  /** The stories without a sprint. */
  stories?: StorySeed[];
  issues?: IssueSeed[];
  wiki?: PageSeed[];
  /** The titles in the wiki's menu; the page of a title is the one with its slug. */
  wikiLinks?: string[];
}

export interface SprintSeed {
  name: string;
  /** The project's owner when left out; so is the author of an item. */
  by?: string;
  /** The first and the last day, counted from the day of the seeding. */
  days: readonly [start: number, finish: number];
  stories?: StorySeed[];
}

/** What happens to an object after it was made; everything but a file is one more version. */
export type EventSeed = { by: string; at: Moment } & (
  | { comment: string }
  /** The new text of a wiki page. */
  | { content: string }
  /** The status from which an item came to the one it is in. */
  | { from: string }
  | { file: FileSeed }
);

/** A text file. */
export interface FileSeed {
  name: string;
  mediaType: string;
  text: string;
  description: string;
  forComment?: true;
}

/** What is said about any item; left out, it is as for a new one. */
export interface ItemSeed {
  subject: string;
  description?: string;
  status?: string;
  by?: string;
  assigned?: string;
  tags?: string[];
  created: Moment;
  /** Why it is blocked. */
  blocked?: string;
  /** The custom fields, by name. */
  custom?: Record<string, unknown>;
  events?: EventSeed[];
}

interface PlannedSeed extends ItemSeed {
  /** Days from the first day. */
  due?: number;
  finished?: Moment;
}

export interface EpicSeed extends ItemSeed {
  color: string;
}

export interface StorySeed extends PlannedSeed {
  swimlane?: string;
  epic?: string;
  /** Role to points, by name. */
  points?: Record<string, string>;
  helpers?: string[];
  tasks?: TaskSeed[];
}

export interface TaskSeed extends PlannedSeed {
  iocaine?: boolean;
}

export interface IssueSeed extends PlannedSeed {
  type?: string;
  severity?: string;
  priority?: string;
  sprint?: string;
}

export interface PageSeed {
  slug: string;
  content: string;
  by: string;
  at: Moment;
  events?: EventSeed[];
}
