import { ToolError } from "../errors.ts";
import { type Project } from "./project-directory.ts";

/**
 * Checks what the user may do before anything is written, because Taiga's own refusal does not
 * tell a missing permission from a missing object.
 *
 * @param permissions of which one is enough, such as `modify_us`.
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
    `${path}: your role in ${project.slug} lacks the Taiga permission ${permissions.join(" or ")}. A project administrator can grant it.`,
  );
}

/** @throws {ToolError} `taiga_permission_missing` for a project that can only be read. */
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
    `${path}: ${project.slug} is ${state}; it can be read but not changed.`,
  );
}
