import type { TaigaRequest } from "../taiga-request.ts";
import { act } from "./followers.ts";

/**
 * Hands a project over to another owner: the owner starts, the receiver gets a mail with a token and
 * accepts or rejects. The receiver becomes administrator; the old owner stays one.
 */
export interface ProjectTransfer {
  /** Offers the project to a member. @throws {TaigaError} `invalid_request` for others. */
  start(projectId: number, userId: number, reason?: string): Promise<void>;
  /** As a member: asks the owner by mail to hand the project over. */
  request(projectId: number): Promise<void>;
  /** As the receiver. @throws {TaigaError} `invalid_request` for a wrong or an expired token. */
  validateToken(projectId: number, token: string): Promise<void>;
  /** As the receiver. @throws {TaigaError} like `validateToken`. */
  accept(projectId: number, token: string, reason?: string): Promise<void>;
  /** As the receiver. @throws {TaigaError} like `validateToken`. */
  reject(projectId: number, token: string, reason?: string): Promise<void>;
}

/** `/projects/{id}/transfer_start` and its like */
export const createProjectTransfer = (request: TaigaRequest): ProjectTransfer => ({
  start: (projectId, userId, reason) =>
    act(request, `/projects/${projectId}/transfer_start`, { user: userId, reason }),
  request: (projectId) => act(request, `/projects/${projectId}/transfer_request`),
  validateToken: (projectId, token) =>
    act(request, `/projects/${projectId}/transfer_validate_token`, { token }),
  accept: (projectId, token, reason) =>
    act(request, `/projects/${projectId}/transfer_accept`, { token, reason }),
  reject: (projectId, token, reason) =>
    act(request, `/projects/${projectId}/transfer_reject`, { token, reason }),
});
