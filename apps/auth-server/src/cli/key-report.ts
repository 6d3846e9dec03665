import { z } from "zod";
import type { KeyReport as Report } from "../operations/key-rotation.ts";

/** The response of GET /admin/keys. */
export const KeyReport = z.object({
  keys: z.array(
    z.object({
      id: z.string(),
      createdAt: z.number(),
      activeFrom: z.number(),
      state: z.enum(["coming", "sealing", "opening"]),
      records: z.int(),
    }),
  ),
  masterKey: z.object({ position: z.int(), count: z.int() }),
  retirableFrom: z.number().exactOptional(),
}) satisfies z.ZodType<Report>;
export type KeyReport = z.output<typeof KeyReport>;

/** The response of POST /admin/keys/retire. */
export const RetireReport = KeyReport.extend({ resealed: z.int(), removed: z.int() });
export type RetireReport = z.output<typeof RetireReport>;
