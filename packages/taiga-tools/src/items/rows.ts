import {
  type Page,
  type PageRequest,
  type TaigaClient,
  type WikiPage,
} from "@taiga-mcp/taiga-client";
import { type PageKind } from "../kinds.ts";
import { createTaigaItems, type ItemFilter, type ItemRow } from "./taiga-items.ts";

/** A wiki page. Lists contain its whole content, too. */
export type WikiRow = WikiPage & { kind: "wiki" };

/** A row of any list. */
export type Row = ItemRow | WikiRow;

/** All of Taiga's lists behind one interface. */
export interface RowLists {
  list(kind: PageKind, filter: ItemFilter, page: PageRequest): Promise<Page<Row>>;
}

export function createRowLists(taiga: TaigaClient): RowLists {
  const items = createTaigaItems(taiga);
  return {
    list: async (kind, filter, page) => {
      if (kind !== "wiki") return items.list(kind, filter, page);
      // Taiga's wiki list can only be filtered by project.
      const pages = await taiga.wikiPages.list({ projectId: Number(filter.project) }, page);
      return { ...pages, items: pages.items.map((one) => ({ ...one, kind: "wiki" as const })) };
    },
  };
}
