import { TaigaError } from "@taiga-mcp/taiga-client";
import { isExpected } from "../../errors.ts";
import { createTaigaItems, type Item, type ItemPatch } from "../taiga-items.ts";
import { findLostWrites } from "./lost-writes.ts";
import { type FieldsRequest, type WriteDeps } from "./write-request.ts";

/** How often an item is written again because others write at the same moment. */
const MAX_ROUNDS = 3;

export interface FieldsWritten {
  /** As it is after the write. */
  item: Item;
  notes: string[];
}

/**
 * Writes an item's fields, and checks that no other write was lost. Taiga checks the version, but then
 * saves the whole row as the request has read it: of two requests that overlap, the later one undoes
 * the earlier one, and both succeed. Then the item has counted more than one version since it was
 * read, and the history shows what was undone: this function writes it again.
 *
 * @throws {TaigaError} from the first write; later failures become notes.
 */
export async function writeFields(write: FieldsRequest, deps: WriteDeps): Promise<FieldsWritten> {
  const { item: before, plan } = write;
  const items = createTaigaItems(deps.taiga);
  const changes = { ...plan.patch, version: before.version };
  return settleFields(write, await items.update(before.kind, before.id, changes), deps);
}

/**
 * Checks after a write that no other write was lost, see {@link writeFields}.
 *
 * @param item as Taiga has answered the write.
 * @param counted how many versions the write has counted.
 */
export async function settleFields(
  write: FieldsRequest,
  answer: Item,
  deps: WriteDeps,
  counted: 0 | 1 = 1,
): Promise<FieldsWritten> {
  const items = createTaigaItems(deps.taiga);
  const notes: string[] = [];
  let { item: before } = write;
  let { patch } = write.plan;
  let item = answer;
  let expected = before.version + counted;
  try {
    for (let round = 1; ; round += 1) {
      // A comment cannot be undone, so what is saved after it need not be looked for.
      if (!isComment(patch)) item = await items.getById(before.kind, before.id);
      if (item.version === expected) break;
      const found = await findLostWrites({ before, patch, item }, write, deps);
      notes.push(...found.told);
      if (Object.keys(found.patch).length === 0) break;
      if (round > MAX_ROUNDS) {
        notes.push(
          `Others keep writing ${found.names.join(", ")}: it may be undone again. ${CHECK}`,
        );
        break;
      }
      await write.turn.verifyHeld();
      ({ patch } = found);
      before = item;
      expected = before.version + 1;
      item = await items.update(before.kind, before.id, { ...patch, version: before.version });
      notes.push(...found.mended);
    }
  } catch (error) {
    if (!isExpected(error)) throw error;
    const isPlain = notes.length === 0 && item.version === expected;
    if (!isPlain) {
      notes.push(`Somebody wrote this item at the same moment, and a change may be lost. ${CHECK}`);
    }
    if (error instanceof TaigaError && error.code === "aborted") throw error;
  }
  return { item, notes };
}

const isComment = (patch: ItemPatch): boolean =>
  Object.keys(patch).every((key) => key === "comment");

const CHECK = "get_items with include history shows what happened.";
