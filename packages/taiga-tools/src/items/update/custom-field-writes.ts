import { type CustomAttributeValues, type HistoryEntry, TaigaError } from "@taiga-mcp/taiga-client";
import { isExpected } from "../../errors.ts";
import { quote } from "../../text/quote.ts";
import { isSameValue, toValueText } from "../custom-fields.ts";
import { TAIGA_WORDS } from "../../kinds.ts";
import { type CustomFieldsChange } from "./custom-field-changes.ts";
import { entriesOfFields, toAuthor } from "./conflicts.ts";
import { type WriteDeps, type WriteRequest } from "./write-request.ts";

const MAX_ROUNDS = 3;

type Values = Record<string, unknown>;

/**
 * Writes the map of custom fields, and checks that no other write was lost: Taiga replaces the whole
 * map and checks no version, so of two writes that overlap the later one undoes the earlier one.
 *
 * @returns the new version of the custom fields.
 * @throws {TaigaError} from the first write; later failures become notes.
 */
export async function writeCustomFields(
  { item, turn }: WriteRequest,
  { merged, wanted }: CustomFieldsChange,
  { taiga, me }: WriteDeps,
): Promise<{ version: number; notes: string[] }> {
  const { type } = TAIGA_WORDS[item.kind];
  const values = taiga.customAttributeValues;
  const notes: string[] = [];
  let sent: CustomAttributeValues = merged;
  let { version } = await values.update(type, item.id, sent);
  try {
    for (let round = 1; ; round += 1) {
      const current = await values.get(type, item.id);
      ({ version } = current);
      if (version === sent.version + 1) break;
      const entries = entriesOfFields(await taiga.history.list(type, item.id));
      const found = compareWithOthers({ sent, current, wanted, me: me.id }, entries);
      notes.push(...found.told);
      if (found.changed.length === 0) break;
      if (round > MAX_ROUNDS) throw new TaigaError("version_conflict", "Others keep writing.");
      await turn.verifyHeld();
      sent = { version, attributes_values: { ...current.attributes_values, ...found.again } };
      ({ version } = await values.update(type, item.id, sent));
      notes.push(...found.changed);
    }
  } catch (error) {
    if (!isExpected(error)) throw error;
    if (notes.length > 0 || version !== sent.version + 1) {
      notes.push(
        "Someone else changed custom fields at the same time; their values may have been overwritten. get_items with include history shows them.",
      );
    }
  }
  return { version, notes };
}

interface Sent {
  sent: CustomAttributeValues;
  current: CustomAttributeValues;
  /** The values that this call sets, by id. */
  wanted: Values;
  /** The id of the user who makes this call. */
  me: number;
}

interface Comparison {
  /** The values to write again, by id. */
  again: Values;
  /** What to say when they were written. */
  changed: string[];
  told: string[];
}

/** @param entries the changes of custom fields, newest first. */
function compareWithOthers(
  { sent, current, wanted, me }: Sent,
  entries: readonly HistoryEntry[],
): Comparison {
  const changes = entries.map((entry) => ({ entry, ...toMaps(entry) }));
  const isOwn = ({ entry, after }: (typeof changes)[number]) =>
    entry.user?.pk === me &&
    Object.entries(wanted).every(([id, value]) => isSameValue(after[id], value));
  const own = changes.find(isOwn);
  const ownIndex = own === undefined ? changes.length : changes.indexOf(own);
  const result: Comparison = { again: {}, changed: [], told: [] };
  const nameOf = (id: string) => quote(own?.names[id] ?? changes[0]?.names[id] ?? id);

  for (const [id, theirs] of Object.entries(own?.before ?? {})) {
    const isUndone =
      !(id in wanted) &&
      !isSameValue(theirs, own?.after[id]) &&
      isSameValue(current.attributes_values[id], own?.after[id]);
    const author = changes.slice(ownIndex + 1).find(({ after }) => isSameValue(after[id], theirs));
    if (!isUndone || author === undefined) continue;
    result.again[id] = theirs;
    result.changed.push(
      `@${toAuthor(author.entry)} wrote ${nameOf(id)} at the same moment: it is ${quote(toValueText(theirs))} again.`,
    );
  }
  for (const [id, value] of Object.entries(wanted)) {
    const now = current.attributes_values[id];
    if (isSameValue(now, value)) continue;
    const later = changes
      .slice(0, ownIndex)
      .find(({ before, after }) => !isSameValue(before[id], after[id]));
    const author = toAuthor(later?.entry);
    // Their map was read before this write, unless it has a new value for the same field.
    if (later === undefined || isSameValue(now, sent.attributes_values[id])) continue;
    if (isSameValue(now, own?.before[id])) {
      result.again[id] = value;
      result.changed.push(
        `@${author}'s write at the same moment had undone ${nameOf(id)}; it was written again.`,
      );
    } else {
      result.told.push(
        `@${author} set ${nameOf(id)} to ${quote(toValueText(now))} at the same moment; your ${quote(toValueText(value))} is not in Taiga now.`,
      );
    }
  }
  return result;
}

/** The values by id before and after a change, and the fields' names. */
function toMaps({ diff }: HistoryEntry): {
  before: Values;
  after: Values;
  names: Record<string, string>;
} {
  const [before, after] = (
    Array.isArray(diff["custom_attributes"]) ? diff["custom_attributes"] : []
  ) as unknown[];
  const rows = [...toRows(before), ...toRows(after)];
  const toValues = (list: Row[]) => Object.fromEntries(list.map(({ id, value }) => [id, value]));
  return {
    before: toValues(toRows(before)),
    after: toValues(toRows(after)),
    names: Object.fromEntries(rows.map(({ id, name }) => [id, name])),
  };
}

interface Row {
  id: number;
  name: string;
  value: unknown;
}

const toRows = (value: unknown): Row[] =>
  Array.isArray(value)
    ? value.filter((row): row is Row => typeof row === "object" && row !== null)
    : [];
