import { z } from "zod";
import { readPage } from "../pagination.ts";
import type { Page, PageRequest } from "../pagination.ts";
import type { TaigaRequest } from "../taiga-request.ts";
import { act } from "./followers.ts";
import type { ChangesOf } from "./item-changes.ts";
import { flag, noContent, orNull, text, timestamp } from "./schema-parts.ts";

/** Someone in a project, or invited to it. */
export const Membership = z.object({
  id: z.int(),
  /** Null while the invitation is pending. */
  user: orNull(z.int()),
  project: z.int(),
  role: orNull(z.int()),
  role_name: text,
  is_admin: flag,
  is_owner: flag,
  /** Empty while the invitation is pending. */
  full_name: text,
  is_user_active: flag,
  created_at: timestamp,
  invitation_extra_text: text,
  /** Where the invitation went; only administrators see it, and only in lists of one project. */
  email: orNull(z.string()),
});
export type Membership = z.output<typeof Membership>;

/** Who is to join a project. */
export interface NewMembership {
  project: number;
  role: number;
  /** Any e-mail address, or the user name of someone who already shares a project with the caller. */
  username: string;
  is_admin?: boolean | undefined;
  invitation_extra_text?: string | undefined;
}

/** Several at once. */
export interface MembershipBulk {
  projectId: number;
  invitations: readonly { username: string; roleId: number }[];
  /** Goes into every invitation mail. */
  extraText?: string | undefined;
}

/**
 * Members and invitations of projects; only administrators may change them. A user name is never part
 * of a change: Taiga would hand the membership over to that person.
 */
export interface Memberships {
  list(
    filter: { projectId: number; roleId?: number | undefined },
    page?: PageRequest,
  ): Promise<Page<Membership>>;
  getById(id: number): Promise<Membership>;
  /**
   * Adds a member, or sends an invitation to an unknown address. Case of addresses matters.
   * @throws {TaigaError} `validation_failed` for a member already there, a user name that is no
   *   contact, or more than 30 pending invitations.
   */
  create(values: NewMembership): Promise<Membership>;
  /** All or none of them. @throws {TaigaError} like `create`, for the first bad entry. */
  bulkCreate(bulk: MembershipBulk): Promise<Membership[]>;
  /** @throws {TaigaError} `validation_failed` when the owner would no longer be an administrator. */
  update(id: number, changes: ChangesOf<{ role: number; is_admin: boolean }>): Promise<Membership>;
  /**
   * Removes a member, or withdraws an invitation. Items stay assigned to a person who left.
   * @throws {TaigaError} `invalid_request` for the project's owner.
   */
  delete(id: number): Promise<void>;
  resendInvitation(id: number): Promise<void>;
  /** Removes a person from all projects that the caller owns. */
  removeUserFromMyProjects(userId: number, onlyPrivate?: boolean): Promise<void>;
  /** Withdraws the invitations to one address in all projects that the caller owns. */
  removeInvitationFromMyProjects(email: string): Promise<void>;
}

/** `/memberships` */
export function createMemberships(request: TaigaRequest): Memberships {
  const path = "/memberships";
  const schema = Membership;
  return {
    list: ({ projectId, roleId }, page = {}) =>
      readPage(request, { path, query: { project: projectId, role: roleId }, schema }, page),
    getById: async (id) => (await request({ path: `${path}/${id}`, schema })).data,
    create: async (values) => (await request({ method: "POST", path, body: values, schema })).data,
    bulkCreate: async ({ projectId, invitations, extraText }) => {
      const body = {
        project_id: projectId,
        bulk_memberships: invitations.map(({ username, roleId }) => ({
          username,
          role_id: roleId,
        })),
        invitation_extra_text: extraText,
      };
      const bulkPath = `${path}/bulk_create`;
      return (await request({ method: "POST", path: bulkPath, body, schema: z.array(schema) }))
        .data;
    },
    update: async (id, { role, is_admin }) => {
      const body = { role, is_admin };
      return (await request({ method: "PATCH", path: `${path}/${id}`, body, schema })).data;
    },
    delete: async (id) => {
      await request({ method: "DELETE", path: `${path}/${id}`, schema: noContent });
    },
    resendInvitation: (id) => act(request, `${path}/${id}/resend_invitation`),
    removeUserFromMyProjects: (userId, onlyPrivate = false) =>
      act(request, `${path}/remove_user_from_all_my_projects`, {
        user: userId,
        private_only: onlyPrivate,
      }),
    removeInvitationFromMyProjects: (email) =>
      act(request, `${path}/remove_invitation_from_all_my_projects`, { email }),
  };
}
