import type { Application, CustomAttribute, Project, Role, User } from "../model/state.ts";
import type { Template } from "../projects/templates.ts";

/** A time of a seed: a number of days from the first day, and a time of day (UTC). */
export type Moment = readonly [days: number, time: string];

/**
 * The content of a fresh sandbox, with names instead of ids. Ids are assigned in list order,
 * so that the same seed has the same ids every time.
 */
export interface Seed {
  /** The id before the first one of each table, by table name; default 0. */
  lastIds?: Record<string, number>;
  applications?: Application[];
  users: UserSeed[];
  projects: ProjectSeed[];
}

/** The password is the user name with `-password` behind it. */
interface UserSeed extends Pick<User, "username" | "full_name" | "color"> {
  /** Defaults to the user name at example.com. */
  email?: string;
  bio?: string;
  is_superuser?: boolean;
  /** Defaults to the time of the seeding, as do the other times of users and projects. */
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
  /** Differences from the template. */
  columns?: Partial<Project>;
  /** In addition to the template's. The id defaults to the next one. */
  roles?: (Pick<Role, "name" | "computable" | "permissions" | "order"> & { id?: number })[];
  members?: (readonly [username: string, role: string, joined?: Moment])[];
  /** The members who administer the project besides its owner. */
  admins?: string[];
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
  /** Defaults to the project's owner, as does the author of an item. */
  by?: string;
  /** The first and the last day, counted from the day of the seeding. */
  days: readonly [start: number, finish: number];
  stories?: StorySeed[];
}

/** An event after an object's creation; all except a file add a version. */
export type EventSeed = { by: string; at: Moment } & (
  | { comment: string }
  /** The new text of a wiki page. */
  | { content: string }
  /** The status that an item had before its current one. */
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

/** Fields of any item; defaults are those of a new item. */
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
