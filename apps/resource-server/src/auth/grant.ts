import { ACCESS_LEVELS } from "@taiga-mcp/service";
import type { AuthInfo } from "@modelcontextprotocol/server";
import { z } from "zod";

/** What the user consented to when they connected this client. */
export const Grant = z.object({
  /** The user's id at the authorization server; unique across Taiga installations. */
  subject: z.string().min(1),
  /** Base64url SHA-256 of the id of the grant, so that it reveals nothing. */
  grantId: z.string().min(1),
  /** The highest access level, after all limits of the authorization server. */
  access: z.enum(ACCESS_LEVELS),
  /** Taiga project ids, or all projects of the user. */
  projects: z.union([z.literal("all"), z.array(z.int()).readonly()]),
});
export type Grant = z.output<typeof Grant>;

/**
 * The grant of a verified token, as the introspection verifier recorded it.
 * @throws {z.ZodError} when the introspection verifier did not make `authInfo`: a bug.
 */
export const grantOf = ({ extra }: Pick<AuthInfo, "extra">): Grant => Grant.parse(extra);
