import {
  type Page,
  type PageRequest,
  type TaigaClient,
  type WikiPage,
} from "@taiga-mcp/taiga-client";
import { type PageKind } from "../kinds.ts";
import { createTaigaItems, type ItemFilter, type ItemRow } from "./taiga-items.ts";

/** A wiki page, in lists too with its whole content. */
export type WikiRow = WikiPage & { kind: "wiki" };

/** What a list can hold. */
export type Row = ItemRow | WikiRow;

/** Taiga's lists behind one door. */
export interface RowLists {
  list(kind: PageKind, filter: ItemFilter, page: PageRequest): Promise<Page<Row>>;
}

export function createRowLists(taiga: TaigaClient): RowLists {
  const items = createTaigaItems(taiga);
  return {
    list: async (kind, filter, page) => {
      if (kind !== "wiki") return items.list(kind, filter, page);
      // The wiki has no filters but this.
      const pages = await taiga.wikiPages.list({ projectId: Number(filter.project) }, page);
      return { ...pages, items: pages.items.map((one) => ({ ...one, kind: "wiki" as const })) };
    },
  };
}
