import { type CustomAttributeValues, type Me, type TaigaClient } from "@taiga-mcp/taiga-client";
import { type Turn } from "../../calls/write-locks.ts";
import { type Project } from "../../projects/project-directory.ts";
import { type EpicLink } from "../changes/epic-links.ts";
import { type ResolvedChanges } from "../changes/resolve-changes.ts";
import { type SeenFields } from "../seen-fields.ts";
import { type Item, type ItemPatch } from "../taiga-items.ts";
import { type CustomFieldsChange } from "./custom-field-changes.ts";

/** The changes to write for one item: its fields, custom fields and epic links. */
export interface PlannedWrite {
  patch: ItemPatch;
  custom: CustomFieldsChange | undefined;
  /** The custom fields as they were read. */
  customValues: CustomAttributeValues | undefined;
  links: readonly EpicLink[];
  /** The fields that the caller has seen and this write does not change. */
  kept: SeenFields | undefined;
}

/** One item to write, and the turn in which that is done. */
export interface WriteRequest extends FieldsRequest {
  plan: PlannedWrite;
}

/** The fields of an item to write. */
export interface FieldsRequest {
  item: Item;
  plan: Pick<PlannedWrite, "patch">;
  request: { changes: ResolvedChanges };
  project: Project;
  turn: Turn;
}

export interface WriteDeps {
  taiga: TaigaClient;
  me: Me;
}
