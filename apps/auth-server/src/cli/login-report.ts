import { ACCESS_LEVELS } from "@taiga-mcp/service";
import { z } from "zod";
import type { Login as OfServer } from "../operations/logins.ts";

const Login = z.object({
  grant: z.string(),
  account: z.string(),
  user: z.string().nullable(),
  client: z.object({
    id: z.string(),
    name: z.string().nullable(),
    verifiedHost: z.string().nullable(),
  }),
  access: z.enum(ACCESS_LEVELS),
  projects: z.union([z.literal("all"), z.array(z.int()).readonly()]),
  connectedAt: z.number(),
  lastUsedAt: z.number().nullable(),
  network: z.string(),
}) satisfies z.ZodType<OfServer>;
export type Login = z.output<typeof Login>;

/** The response of GET /admin/logins. */
export const LoginList = z.object({ logins: z.array(Login) });

/** The response of POST /admin/logins/end. */
export const EndedLogins = z.object({ ended: z.array(Login) });
