import { type TaigaCredential, TaigaError } from "@taiga-mcp/taiga-client";

/** The consent page waits for the answer, so it must come soon. */
const TIMEOUT_MS = 5_000;

/** A project in the list of a member. */
export interface OwnProject {
  /** Taiga's id. */
  id: number;
  name: string;
  slug: string;
}

/**
 * The projects that a user is a member of, sorted by name.
 * @param credential the user's Taiga credential.
 * @returns `undefined` when Taiga does not answer.
 */
export type ListOwnProjects = (
  userId: number,
  credential: TaigaCredential,
) => Promise<readonly OwnProject[] | undefined>;

/** Taiga's `GET /projects?member=…` as this user. */
export type ProjectsAtTaiga = (
  userId: number,
  credential: TaigaCredential,
  signal: AbortSignal,
) => Promise<readonly OwnProject[]>;

export function createOwnProjects(ask: ProjectsAtTaiga): ListOwnProjects {
  return async (userId, credential) => {
    try {
      const projects = await ask(userId, credential, AbortSignal.timeout(TIMEOUT_MS));
      return projects
        .map(({ id, name, slug }) => ({ id, name, slug }))
        .toSorted((one, other) => one.name.localeCompare(other.name, "en"));
    } catch (error) {
      if (!(error instanceof TaigaError)) throw error;
      return undefined;
    }
  };
}
