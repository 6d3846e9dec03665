import { z } from "zod";
import { TaigaError } from "../errors.ts";
import type { TaigaRequest } from "../taiga-request.ts";

/** One request to make many items of one kind. */
interface BulkCall<Item extends z.ZodType<{ ref: number }>> {
  path: `${string}/bulk_create`;
  body: object;
  /** Of one item in the answer. */
  item: Item;
}

/** Creates items from lines, and gives them in the order of these lines. */
export async function createInBulk<Item extends z.ZodType<{ ref: number }>>(
  request: TaigaRequest,
  { path, body, item }: BulkCall<Item>,
): Promise<z.output<Item>[]> {
  const { data } = await request({ method: "POST", path, body, schema: z.array(item) });
  // Taiga answers in the order of its lists, with issues the newest first; refs are given line by line.
  return data.toSorted((one, other) => one.ref - other.ref);
}

/**
 * Subjects as the bulk endpoints take them, one a line.
 * @throws {TaigaError} `validation_failed` for what Taiga would drop or split: then the answer
 *   would no longer match the list that was asked for.
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
