import type { GrantScope } from "../engine/boundary/ports.ts";
import type { OwnProject } from "../login/own-projects.ts";
import type { ConsentForm } from "./forms.ts";

/** What a user chose, or what is wrong with the choice. */
export type ProjectChoice =
  | { projects: GrantScope["projects"]; error?: undefined }
  | { projects?: undefined; error: string };

/**
 * The projects of a grant, from the form. Only projects of the user's own list count, whatever
 * the form says: an id is easily written into it.
 *
 * @param own `undefined` when Taiga does not say; not needed for all projects.
 */
export function toProjectChoice(
  { projects, project }: Pick<ConsentForm, "projects" | "project">,
  own: readonly OwnProject[] | undefined,
): ProjectChoice {
  if (projects === "all") return { projects: "all" };
  if (own === undefined) {
    return {
      error:
        "Taiga does not answer right now, so projects cannot be chosen. Try again in a moment, or allow all of them.",
    };
  }
  if (project.length === 0) {
    return { error: "Tick at least one project, or allow all of them." };
  }
  const mine = new Set(own.map(({ id }) => id));
  if (!project.every((id) => mine.has(id))) {
    return { error: "You are not a member of one of the projects. Choose again." };
  }
  return { projects: [...new Set(project)].toSorted((one, other) => one - other) };
}
