import { TaigaError } from "@taiga-mcp/taiga-client";

/** Nobody waits longer than this for the consent page. */
const TIMEOUT_MS = 5_000;

/** A project as its member knows it. */
export interface OwnProject {
  /** Taiga's id. */
  id: number;
  name: string;
  slug: string;
}

/**
 * The projects that a user is a member of, by name.
 * @param token a Taiga access token of the user.
 * @returns `undefined` when Taiga does not say.
 */
export type ListOwnProjects = (
  userId: number,
  token: string,
) => Promise<readonly OwnProject[] | undefined>;

/** Taiga's `GET /projects?member=…` as this user. */
export type ProjectsAtTaiga = (
  userId: number,
  token: string,
  signal: AbortSignal,
) => Promise<readonly OwnProject[]>;

export function createOwnProjects(ask: ProjectsAtTaiga): ListOwnProjects {
  return async (userId, token) => {
    try {
      const projects = await ask(userId, token, AbortSignal.timeout(TIMEOUT_MS));
      return projects
        .map(({ id, name, slug }) => ({ id, name, slug }))
        .toSorted((one, other) => one.name.localeCompare(other.name, "en"));
    } catch (error) {
      if (!(error instanceof TaigaError)) throw error;
      return undefined;
    }
  };
}
