import { type FilterScalar, type Me, type TaigaClient } from "@taiga-mcp/taiga-client";
import { ToolError } from "../../errors.ts";
import { type ProjectDirectory } from "../../projects/project-directory.ts";
import { type IssueChoice } from "../../kinds.ts";
import { type NameCheck } from "./name-check.ts";
import { splitNames } from "./plain-filter.ts";
import { type ItemFilter } from "../taiga-items.ts";

/** What a search needs besides its criteria. */
export interface SearchDeps {
  taiga: TaigaClient;
  directory: ProjectDirectory;
  me: Me;
  /** `YYYY-MM-DD` */
  today: string;
  taigaWebUrl: string;
  /** Shared by all sources of one search. */
  check: NameCheck;
}

/** A filter, or `impossible` if nothing can match because none of the names is known here. */
export type NameFilter = ItemFilter | "impossible";

type Field =
  | IssueChoice
  | "status"
  | "role"
  | "swimlane"
  | "epic"
  | "assigned_to"
  | "owner"
  | "watchers";

/** Maps names to a filter by ids; names that start with `!` are excluded. */
export async function toNameFilter(
  field: Field,
  names: readonly string[] | undefined,
  { check }: SearchDeps,
  find: (name: string) => Promise<FilterScalar> | FilterScalar,
): Promise<NameFilter> {
  const { included, excluded } = splitNames(names);
  if (field === "watchers" && excluded.length > 0) {
    throw new ToolError(
      "invalid_argument",
      'watchers: Taiga cannot exclude followers, so no name may begin with "!".',
    );
  }
  const toIds = async (list: string[]) => {
    const ids = await Promise.all(list.map((name) => check.tryFind(field, name, () => find(name))));
    return ids.filter((id) => id !== undefined);
  };
  const ids = await toIds(included);
  if (included.length > 0 && ids.length === 0) return "impossible";
  const excludedIds = await toIds(excluded);
  return {
    ...(ids.length > 0 && { [field]: ids }),
    ...(excludedIds.length > 0 && { [`exclude_${field}`]: excludedIds }),
  };
}
