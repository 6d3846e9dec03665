import { z } from "zod";
import { TaigaError } from "../errors.ts";
import type { TaigaRequest } from "../taiga-request.ts";

/** One request that creates many items of one kind. */
interface BulkCall<Item extends z.ZodType<{ ref: number }>> {
  path: `${string}/bulk_create`;
  body: object;
  /** Schema of one item in the answer. */
  item: Item;
}

/** Creates one item per line and returns them in the order of the lines. */
export async function createInBulk<Item extends z.ZodType<{ ref: number }>>(
  request: TaigaRequest,
  { path, body, item }: BulkCall<Item>,
): Promise<z.output<Item>[]> {
  const { data } = await request({ method: "POST", path, body, schema: z.array(item) });
  // Taiga answers in its list order, issues newest first; refs are assigned line by line.
  return data.toSorted((one, other) => one.ref - other.ref);
}

/**
 * Subjects as the bulk endpoints take them, one a line.
 * @throws {TaigaError} `validation_failed` for subjects that Taiga would drop or split: the answer
 *   would no longer match the requested list.
 */
export function toBulkLines(subjects: readonly string[]): string {
  const bad = subjects.findIndex((subject) => subject.trim() === "" || /[\n\r]/.test(subject));
  if (subjects.length > 0 && bad === -1) return subjects.join("\n");
  const rule =
    subjects.length === 0
      ? "must hold at least one subject"
      : `number ${bad + 1} must be one line that is not blank`;
  throw new TaigaError("validation_failed", `subjects: ${rule}`, { fields: { subjects: [rule] } });
}
