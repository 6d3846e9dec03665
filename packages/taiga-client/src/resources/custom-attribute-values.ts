import { z } from "zod";
import type { TaigaRequest } from "../taiga-request.ts";
import { ITEM_PATHS } from "./item-kind.ts";
import type { TaigaItemKind } from "./item-kind.ts";

/** The custom fields of one item. */
export const CustomAttributeValues = z.object({
  /** Id of the custom attribute → value; fields never set are missing. */
  attributes_values: z.record(z.string(), z.unknown()),
  /** A separate version, independent of the item's. */
  version: z.int(),
});
export type CustomAttributeValues = z.output<typeof CustomAttributeValues>;

/** For an epic, Taiga requires the rights to see and modify stories. */
export interface CustomAttributeValuesResource {
  get(kind: TaigaItemKind, id: number): Promise<CustomAttributeValues>;
  /**
   * Replaces the whole map: send all values, not only the new ones. Taiga refuses an empty map,
   * and silently accepts any older `version`.
   */
  update(
    kind: TaigaItemKind,
    id: number,
    values: CustomAttributeValues,
  ): Promise<CustomAttributeValues>;
}

/** `/userstories/custom-attributes-values` and its like for each kind */
export function createCustomAttributeValues(request: TaigaRequest): CustomAttributeValuesResource {
  const schema = CustomAttributeValues;
  const toPath = (kind: TaigaItemKind, id: number): string =>
    `${ITEM_PATHS[kind]}/custom-attributes-values/${id}`;
  return {
    get: async (kind, id) => (await request({ path: toPath(kind, id), schema })).data,
    update: async (kind, id, { attributes_values, version }) => {
      const body = { attributes_values, version };
      return (await request({ method: "PATCH", path: toPath(kind, id), body, schema })).data;
    },
  };
}
