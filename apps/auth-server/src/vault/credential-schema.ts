import { z } from "zod";

/** A Taiga credential as the vault's records hold it. */
export const TaigaCredential = z.discriminatedUnion("scheme", [
  z.object({ scheme: z.literal("Bearer"), token: z.string(), refreshToken: z.string() }),
  z.object({
    scheme: z.literal("Application"),
    token: z.string(),
    state: z.string(),
    userId: z.int(),
    checkedAt: z.int(),
  }),
]);
