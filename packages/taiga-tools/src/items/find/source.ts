import { type PageKind } from "../../kinds.ts";
import { type Project } from "../../projects/project-directory.ts";
import { type Row } from "../rows.ts";
import { type ItemFilter } from "../taiga-items.ts";

/** One of Taiga's lists: one kind, in one project or in all. */
export interface Source {
  id: string;
  kind: PageKind;
  project?: Project | undefined;
  filter: ItemFilter;
  /** Tests rows for criteria that Taiga cannot filter; omitted if it can filter all. */
  accepts?: ((row: Row) => boolean) | undefined;
  /** A test that needs a request per row; runs after all other filters. */
  confirms?: ((row: Row) => Promise<boolean>) | undefined;
}
