import { ToolError } from "../errors.ts";
import { type Project } from "./project-directory.ts";
import { quote } from "../text/quote.ts";

/**
 * Checks the user's permission before anything is written, because Taiga's own refusal does not
 * distinguish a missing permission from a missing object.
 *
 * @param permissions such as `modify_us`; one of them is enough.
 * @throws {ToolError} `taiga_permission_missing`
 */
export function verifyPermission(
  project: Project,
  permissions: readonly string[],
  path: string,
): void {
  if (permissions.some((permission) => project.my_permissions.includes(permission))) return;
  throw new ToolError(
    "taiga_permission_missing",
    `${path}: your role in ${quote(project.slug)} lacks the Taiga permission ${permissions.join(" or ")}. A project administrator can grant it.`,
  );
}

/** @throws {ToolError} `taiga_permission_missing` if the project is read-only. */
export function verifyWritable(project: Project, path: string): void {
  const state =
    project.archived_code !== null
      ? "archived"
      : project.blocked_code !== null
        ? "blocked"
        : undefined;
  if (state === undefined) return;
  throw new ToolError(
    "taiga_permission_missing",
    `${path}: ${quote(project.slug)} is ${state}; it can be read but not changed.`,
  );
}
