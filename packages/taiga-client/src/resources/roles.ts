import { z } from "zod";
import type { TaigaRequest } from "../taiga-request.ts";
import type { ChangesOf } from "./item-changes.ts";
import { Role } from "./project-values.ts";
import { noContent, orNull } from "./schema-parts.ts";

/** A role of a project, with the number of its members. */
export const RoleDetail = Role.extend({ project: z.int(), members_count: orNull(z.int()) });
export type RoleDetail = z.output<typeof RoleDetail>;

/** What can be set on a role. */
export interface RoleFields {
  name: string;
  /** Codenames such as `view_us`; an unknown one is refused. */
  permissions: readonly string[];
  /** Whether stories have points for this role. */
  computable: boolean;
  order: number;
}

/** Roles of projects; only project administrators may change them. They have no version. */
export interface Roles {
  list(projectId: number): Promise<RoleDetail[]>;
  getById(id: number): Promise<RoleDetail>;
  /** Taiga allows several roles of one name. */
  create(
    values: { project: number; name: string } & ChangesOf<Omit<RoleFields, "name">>,
  ): Promise<RoleDetail>;
  /** Changes only the given fields (PATCH); `permissions` replaces the whole list. */
  update(id: number, changes: ChangesOf<RoleFields>): Promise<RoleDetail>;
  /**
   * Deletes a role and gives its members another one. Without a target, Taiga would delete the
   * memberships too, the owner's among them, so this method requires one.
   * @throws {TaigaError} `not_found` for an unknown target, or one of another project.
   */
  delete(id: number, moveTo: number): Promise<void>;
}

/** `/roles` */
export function createRoles(request: TaigaRequest): Roles {
  const path = "/roles";
  const schema = RoleDetail;
  return {
    list: async (projectId) => {
      const query = { project: projectId };
      return (await request({ path, query, wholeList: true, schema: z.array(schema) })).data;
    },
    getById: async (id) => (await request({ path: `${path}/${id}`, schema })).data,
    create: async (values) => (await request({ method: "POST", path, body: values, schema })).data,
    update: async (id, changes) =>
      (await request({ method: "PATCH", path: `${path}/${id}`, body: changes, schema })).data,
    delete: async (id, moveTo) => {
      const query = { moveTo };
      await request({ method: "DELETE", path: `${path}/${id}`, query, schema: noContent });
    },
  };
}
