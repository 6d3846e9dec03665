import { ACCESS_LEVELS } from "@taiga-mcp/service";
import type { AuthInfo } from "@modelcontextprotocol/server";
import { z } from "zod";

/** What the user agreed to when this client was connected. */
export const Grant = z.object({
  /** The authorization server's name of the user; unique over all Taigas. */
  subject: z.string().min(1),
  /** A name of the grant that gives nothing away: base64url SHA-256 of its id. */
  grantId: z.string().min(1),
  /** The highest access level, all limits of the authorization server applied. */
  access: z.enum(ACCESS_LEVELS),
  /** Taiga project ids, or all that the user can see. */
  projects: z.union([z.literal("all"), z.array(z.int()).readonly()]),
});
export type Grant = z.output<typeof Grant>;

/**
 * The grant behind a verified token, as the introspection verifier put it there.
 * @throws {z.ZodError} when a token got here that no verifier of ours has seen: a bug.
 */
export const grantOf = (authInfo: AuthInfo): Grant => Grant.parse(authInfo.extra);
