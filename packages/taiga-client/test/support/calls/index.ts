import type { Call, ListCall } from "./call.ts";
import { ITEM_CALLS, ITEM_LISTS } from "./items.ts";
import { PEOPLE_CALLS, PEOPLE_LISTS } from "./people.ts";
import { PLANNING_CALLS, PLANNING_LISTS } from "./planning.ts";
import { PROJECT_CALLS, PROJECT_LISTS } from "./projects.ts";

export { UPLOADS } from "./uploads.ts";

/** Every call of the client that does not ask for a whole list. */
export const CALLS: Call[] = [...ITEM_CALLS, ...PEOPLE_CALLS, ...PLANNING_CALLS, ...PROJECT_CALLS];

/** Every call that asks for a whole list. */
export const WHOLE_LISTS: ListCall[] = [
  ...ITEM_LISTS,
  ...PEOPLE_LISTS,
  ...PLANNING_LISTS,
  ...PROJECT_LISTS,
];
