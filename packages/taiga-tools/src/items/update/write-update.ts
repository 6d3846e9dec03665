import { type TaigaClient, TaigaError } from "@taiga-mcp/taiga-client";
import { toFailure, toFailureText } from "../../failure.ts";
import { toOneLine } from "../../text/clean.ts";
import { type CustomFieldsChange } from "./custom-field-changes.ts";
import { type EpicLink, writeLink } from "../changes/epic-links.ts";
import { TAIGA_WORDS } from "../../kinds.ts";
import { createTaigaItems, type Item, type ItemPatch } from "../taiga-items.ts";
import { toVersionText } from "../version.ts";

/** The changes to write for one item: its fields, custom fields and epic links. */
export interface PlannedWrite {
  patch: ItemPatch;
  /** The version against which Taiga checks for conflicts. */
  version: number;
  custom: CustomFieldsChange | undefined;
  customFieldsVersion: { customFields?: number };
  links: readonly EpicLink[];
}

/**
 * Writes an item's fields, then its custom fields, then its links. Once a part was written, a later
 * failure becomes a note instead of an error.
 *
 * @returns the item's new version, and a note on parts that could not be written.
 */
export async function writeUpdate(
  item: Item,
  plan: PlannedWrite,
  taiga: TaigaClient,
): Promise<{ version: string; note?: string }> {
  const notes: string[] = [];
  let written = false;
  let { version } = item;
  let customFields = plan.customFieldsVersion;
  const attempt = async (what: string, write: () => Promise<void>) => {
    try {
      await write();
      written = true;
    } catch (error) {
      if (!written || !(error instanceof TaigaError)) throw error;
      const failure = toOneLine(toFailureText(toFailure(error)));
      notes.push(`The rest was written, but ${what} not: ${failure}`);
    }
  };
  if (Object.keys(plan.patch).length > 0) {
    await attempt("the fields were", async () => {
      const changes = { ...plan.patch, version: plan.version };
      ({ version } = await createTaigaItems(taiga).update(item.kind, item.id, changes));
    });
  }
  const { custom } = plan;
  if (custom !== undefined) {
    await attempt("custom_fields were", async () => {
      notes.push(...(await writeCustomFields(item, custom, taiga)));
      customFields = { customFields: custom.merged.version + 1 };
    });
  }
  for (const link of plan.links) {
    await attempt("an epic link was", () => writeLink(link, taiga));
  }
  return {
    version: toVersionText({ item: version, ...customFields }),
    ...(notes.length > 0 && { note: notes.join(" ") }),
  };
}

async function writeCustomFields(
  item: Item,
  { merged }: CustomFieldsChange,
  taiga: TaigaClient,
): Promise<string[]> {
  const { type } = TAIGA_WORDS[item.kind];
  const written = await taiga.customAttributeValues.update(type, item.id, merged);
  // Taiga does not check this version; a gap in its count reveals a concurrent write.
  if (written.version === merged.version + 1) return [];
  return [
    "Someone else changed custom fields at the same time; their values may have been overwritten. get_items with include history shows them.",
  ];
}
