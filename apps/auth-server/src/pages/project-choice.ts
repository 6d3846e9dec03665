import type { GrantScope } from "../engine/boundary/ports.ts";
import type { OwnProject } from "../login/own-projects.ts";
import type { ConsentForm } from "./forms.ts";

/** The chosen projects, or the error to show. */
export type ProjectChoice =
  | { projects: GrantScope["projects"]; error?: undefined }
  | { projects?: undefined; error: string };

/**
 * The projects of a grant, from the form. Only the user's own projects are accepted, because a user
 * can send any id.
 *
 * @param own the user's projects; `undefined` when Taiga does not answer, or all projects are chosen.
 */
export function toProjectChoice(
  { projects, project }: Pick<ConsentForm, "projects" | "project">,
  own: readonly OwnProject[] | undefined,
): ProjectChoice {
  if (projects === "all") return { projects: "all" };
  if (own === undefined) {
    return {
      error:
        "Taiga is not responding right now, so you cannot choose projects. Try again in a moment, or allow all projects.",
    };
  }
  if (project.length === 0) {
    return { error: "Select at least one project, or allow all projects." };
  }
  const mine = new Set(own.map(({ id }) => id));
  if (!project.every((id) => mine.has(id))) {
    return { error: "You are not a member of one of these projects. Choose again." };
  }
  return { projects: [...new Set(project)].toSorted((one, other) => one - other) };
}
