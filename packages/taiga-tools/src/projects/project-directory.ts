import { type Clock } from "../clock.ts";
import {
  type Me,
  type Milestone,
  type ProjectDetail,
  type ProjectRow,
  type TaigaClient,
  TaigaError,
  type User,
} from "@taiga-mcp/taiga-client";
import { LRUCache } from "lru-cache";
import { ToolError } from "../errors.ts";
import { mapConcurrent } from "../schema/map-concurrent.ts";
import { createMemo, type Memo } from "./memo.ts";
import { isSameName, nearestNames } from "../schema/names.ts";
import { createRefMemory, type RefMemory } from "./ref-memory.ts";
import { quote, quoteAll } from "../text/quote.ts";

/** How long project metadata is cached. A write that changes it drops the entry at once. */
const METADATA_TTL_SECONDS = 60;
/** Projects whose details are cached per user. */
const MAX_DETAILS = 50;
/** People who are not members, cached per user. */
const MAX_USERS = 200;
/** Such people that one call looks up. */
const MAX_USERS_PER_CALL = 20;
/** Refs whose kind and id are cached per user. */
const MAX_REFS = 500;

/** A project with the metadata needed to write to it: people, roles, statuses, points, fields. */
export interface Project extends ProjectDetail {
  /** Usernames of people who left the project, by id, as far as they were asked for. */
  formerMembers: Map<number, string>;
}

/** One user's projects, within the projects that the grant covers. */
export interface ProjectDirectory {
  /**
   * The user. Roles are included only if the grant covers all projects, because Taiga does not say
   * which role belongs to which project.
   */
  me(): Promise<Me>;

  /** The user's projects that the grant covers, in the user's own order. */
  list(): Promise<ProjectRow[]>;

  /**
   * Finds a project by slug, name or id.
   *
   * @param reference optional if the user can reach only one project.
   * @throws {ToolError} `not_found`, `ambiguous_name` and `invalid_argument` (omitted although the
   *   user can reach several), each with candidates; `project_not_granted`.
   */
  resolve(reference?: string): Promise<Project>;

  /**
   * A project by Taiga's id.
   * @throws {ToolError} `project_not_granted`
   */
  byId(projectId: number): Promise<Project>;

  /** The project's open sprints, with their dates. */
  openSprints(projectId: number): Promise<Milestone[]>;

  /** The permissions that the user has in at least one of these projects. */
  myPermissions(): Promise<ReadonlySet<string>>;

  /** Whether the grant covers a project. */
  covers(projectId: number): boolean;

  /** Whether the grant covers only some projects. */
  isLimited: boolean;

  /** Looks up the usernames of those who are not members (any more), for `toUsername`. */
  nameFormerMembers(project: Project, userIds: readonly number[]): Promise<void>;

  /** Any user of this Taiga, by the exact username. */
  findUser(username: string): Promise<User | undefined>;

  /** The kinds and ids of refs seen so far. */
  refs: RefMemory;

  /** Drops a project's cached metadata after a change to it. */
  drop(projectId: number): void;
}

interface DirectoryUser {
  /** The user; data cached for one subject is never shown to another. */
  subject: string;
  /** A client that is logged in as this user. */
  taiga: TaigaClient;
  /** Ids of the projects that the grant covers. */
  projects: "all" | readonly number[];
}

export interface ProjectDirectories {
  for(user: DirectoryUser): ProjectDirectory;
}

interface UserMemory {
  me: Memo<"me", Me>;
  list: Memo<"list", ProjectRow[]>;
  details: Memo<number, Project>;
  sprints: Memo<number, Milestone[]>;
  /** By id, or by `@` and the username; empty if there is no such user. */
  users: Memo<number | string, User[]>;
  refs: RefMemory;
}

/**
 * Caches project metadata for a minute, separately for each user.
 *
 * @param maxUsers number of users; the least recently used is evicted first.
 */
export function createProjectDirectories(deps: {
  clock: Clock;
  maxUsers: number;
}): ProjectDirectories {
  const memories = new LRUCache<string, UserMemory>({ max: deps.maxUsers });
  const memo = <Key extends string | number, Value extends object>(max: number) =>
    createMemo<Key, Value>({ clock: deps.clock, max, ttlSeconds: METADATA_TTL_SECONDS });

  const memoryOf = (subject: string): UserMemory => {
    const known = memories.get(subject);
    if (known !== undefined) return known;
    const memory: UserMemory = {
      me: memo(1),
      list: memo(1),
      details: memo(MAX_DETAILS),
      sprints: memo(MAX_DETAILS),
      users: memo(MAX_USERS),
      refs: createRefMemory(MAX_REFS),
    };
    memories.set(subject, memory);
    return memory;
  };

  return { for: (user) => createProjectDirectory(user, memoryOf(user.subject)) };
}

function createProjectDirectory(user: DirectoryUser, memory: UserMemory): ProjectDirectory {
  const { taiga, projects: granted } = user;
  const covers = (projectId: number) => granted === "all" || granted.includes(projectId);
  const requireGrant = (projectId: number, name: string) => {
    if (!covers(projectId)) throw notGranted(name);
  };

  const isLimited = granted !== "all";
  const me = async () => {
    const known = await memory.me.get("me", () => taiga.users.me());
    return isLimited ? { ...known, roles: [] } : known;
  };
  const listAll = () =>
    memory.list.get("list", async () => taiga.projects.list({ memberId: (await me()).id }));
  const list = async () => (await listAll()).filter((project) => covers(project.id));
  const byId = async (projectId: number) => {
    requireGrant(projectId, `with id ${projectId}`);
    return memory.details.get(projectId, async () =>
      toProject(await taiga.projects.getById(projectId)),
    );
  };

  /** Finds a public project of which the user is not a member, by slug or id only. */
  const findPublic = async (reference: string, mine: ProjectRow[]): Promise<Project> => {
    // This reveals nothing: the caller already knows the name, so it may learn why it is refused.
    if (matchingProjects(await listAll(), reference).length > 0) throw notGranted(quote(reference));
    try {
      const found = /^\d+$/.test(reference)
        ? await taiga.projects.getById(Number(reference))
        : await taiga.projects.getBySlug(reference.toLowerCase());
      requireGrant(found.id, quote(reference));
      return await memory.details.get(found.id, () => Promise.resolve(toProject(found)));
    } catch (error) {
      if (!isAbsent(error)) throw error;
      throw unknownProject(reference, mine);
    }
  };

  /** A name is not worth a failure: it is left out if Taiga limits how many one may look up. */
  const findUsers = (key: number | string, load: () => Promise<User>): Promise<User[]> =>
    memory.users.get(key, async () => {
      try {
        return [await load()];
      } catch (error) {
        if (isAbsent(error) || (error instanceof TaigaError && error.code === "throttled"))
          return [];
        throw error;
      }
    });

  return {
    me,
    list,
    byId,
    covers,
    isLimited,
    refs: memory.refs,

    async resolve(reference) {
      const mine = await list();
      if (reference === undefined) return byId(onlyProject(mine).id);
      const matches = matchingProjects(mine, reference);
      const [match] = matches;
      if (match === undefined) return findPublic(reference, mine);
      if (matches.length === 1) return byId(match.id);
      throw new ToolError(
        "ambiguous_name",
        `project: ${matches.length} of your projects are called ${quote(reference)}. Use one of the slugs: ${slugs(matches)}.`,
      );
    },

    async nameFormerMembers(project, userIds) {
      const isKnown = (id: number) =>
        project.formerMembers.has(id) || project.members.some((member) => member.id === id);
      const unknown = [...new Set(userIds)].filter((id) => !isKnown(id));
      await mapConcurrent(unknown.slice(0, MAX_USERS_PER_CALL), async (id) => {
        const [user] = await findUsers(id, () => taiga.profiles.getById(id));
        if (user !== undefined) project.formerMembers.set(id, user.username);
      });
    },

    async findUser(username) {
      if (!USERNAME.test(username)) return undefined;
      return (await findUsers(`@${username}`, () => taiga.profiles.getByUsername(username)))[0];
    },

    openSprints: async (projectId) => {
      requireGrant(projectId, `with id ${projectId}`);
      return memory.sprints.get(projectId, () =>
        taiga.milestones.list({ projectId, closed: false }),
      );
    },

    myPermissions: async () => new Set((await list()).flatMap((project) => project.my_permissions)),

    drop(projectId) {
      memory.details.drop(projectId);
      memory.sprints.drop(projectId);
      memory.list.drop("list");
    },
  };
}

/** Taiga's usernames: letters, digits, `_`, `.` and `-`. */
const USERNAME = /^[\p{L}\p{N}_.-]{1,255}$/u;

const toProject = (detail: ProjectDetail): Project => ({ ...detail, formerMembers: new Map() });

/** Finds the projects that a reference names: one by slug or id, possibly several by name. */
function matchingProjects(projects: ProjectRow[], reference: string): ProjectRow[] {
  const exact = projects.find(
    ({ slug, id }) => isSameName(slug, reference) || String(id) === reference,
  );
  return exact === undefined ? projects.filter(({ name }) => isSameName(name, reference)) : [exact];
}

function onlyProject(projects: ProjectRow[]): ProjectRow {
  const [only] = projects;
  if (only !== undefined && projects.length === 1) return only;
  throw new ToolError(
    "invalid_argument",
    only === undefined
      ? "project: you are not a member of any project that this connection covers. Name a public project by its slug."
      : `project: name one of your ${projects.length} projects: ${slugs(projects)}.`,
  );
}

const MAX_SLUGS = 20;

function slugs(projects: ProjectRow[]): string {
  const shown = projects.slice(0, MAX_SLUGS).map(({ slug }) => slug);
  const more = projects.length - shown.length;
  return quoteAll(shown) + (more > 0 ? ` and ${more} more (list_projects shows all)` : "");
}

function unknownProject(reference: string, mine: ProjectRow[]): ToolError {
  const near = nearestNames(
    reference,
    mine.flatMap(({ name, slug }) => [slug, name]),
  );
  return new ToolError(
    "not_found",
    `project: there is no project ${quote(reference)} that you can see.` +
      (near.length > 0 ? ` Did you mean: ${quoteAll(near)}?` : " list_projects shows yours."),
  );
}

const notGranted = (name: string) =>
  new ToolError(
    "project_not_granted",
    `project: this connection does not cover the project ${name}. The user chose the projects when connecting, and can connect again to change them.`,
  );

const isAbsent = (error: unknown): boolean =>
  error instanceof TaigaError && (error.code === "not_found" || error.code === "permission_denied");
