import type { Handler } from "../http/endpoint.ts";
import { toBody, type Body } from "../http/fields.ts";
import { verifyPermission, verifyWritable, type Strictness } from "../model/access.ts";
import type { Context } from "../model/context.ts";
import { invalidFields } from "../model/errors.ts";
import { findById, ownRows } from "../model/rows.ts";
import type { Project, State, UserStory } from "../model/state.ts";
import { planItem } from "./item-moves.ts";
import { storyRules } from "./story-rules.ts";

type OrderField = "kanban_order" | "backlog_order" | "sprint_order";

/** Where the moved stories go. */
interface Place {
  columns: Partial<Pick<UserStory, "status" | "swimlane" | "milestone">>;
  field: OrderField;
  /** What the refusal of a neighbour from elsewhere names, such as "project and milestone". */
  within: string;
  /** The columns of the place in the answer. */
  shown: readonly ("status" | "swimlane" | "milestone")[];
}

interface Board {
  strictness: Strictness;
  required: readonly string[];
  readPlace: (state: State, body: Body, project: Project, errors: Errors) => Place;
}

type Errors = Record<string, string[]>;

const REQUIRED = ["This field is required."];
const FOREIGN = ["Invalid user story ids. All stories must belong to the same project."];

/** The id of a row in the project; a refusal is noted under the field. */
function readOwn(
  rows: readonly { id: number; project: number }[],
  project: Project,
  errors: Errors,
  { field, value, what }: { field: string; value: unknown; what: string },
): number | null {
  const row = value === null ? undefined : findById(rows, Number(value));
  if (row?.project === project.id) return row.id;
  const [owner] = what.split(" ").slice(-1);
  errors[field] = [`Invalid ${what} id. The ${owner} must belong to the same project.`];
  return null;
}

const kanban: Board = {
  strictness: "archived too",
  required: ["status_id"],
  readPlace: (state, body, project, errors) => {
    const status = readOwn(state.storyStatuses, project, errors, {
      field: "status_id",
      value: body["status_id"],
      what: "user story status",
    });
    const lane = body["swimlane_id"];
    const swimlane =
      lane === undefined
        ? null
        : readOwn(state.swimlanes, project, errors, {
            field: "swimlane_id",
            value: lane,
            what: "swimlane",
          });
    return {
      columns: { status: status ?? 0, swimlane },
      field: "kanban_order",
      within: "project, status and swimlane",
      shown: ["swimlane", "status"],
    };
  },
};

const backlog: Board = {
  strictness: "blocked only",
  required: [],
  readPlace: (state, body, project, errors) => {
    const sent = body["milestone_id"] ?? null;
    const milestone =
      sent === null
        ? null
        : readOwn(state.milestones, project, errors, {
            field: "milestone_id",
            value: sent,
            what: "milestone",
          });
    return {
      columns: { milestone },
      field: milestone === null ? "backlog_order" : "sprint_order",
      within: "project and milestone",
      shown: ["milestone"],
    };
  },
};

/** `POST /userstories/bulk_update_kanban_order`: a drag on the board. */
export const createKanbanOrder = (context: Context): Handler => createOrder(context, kanban);

/** `POST /userstories/bulk_update_backlog_order`: a drag in the backlog, or into a sprint. */
export const createBacklogOrder = (context: Context): Handler => createOrder(context, backlog);

/**
 * Moves stories behind or before another one, or to the top. A story that changes its place gets a
 * history entry and no version; a story that only changes its position gets neither.
 *
 * @throws {ApiError} as Taiga answers; all refused fields at once.
 * @see taiga-back projects/userstories/services.py, update_userstories_kanban_order_in_bulk
 */
const createOrder =
  (context: Context, { strictness, required, readPlace }: Board): Handler =>
  async (req, actor) => {
    const { state } = context;
    const body = toBody(req.body);
    const errors = findMissing(body, ["project_id", ...required, "bulk_userstories"]);
    if (Object.keys(errors).length > 0) throw invalidFields(errors);
    const project = findById(state.projects, Number(body["project_id"]));
    if (project === undefined) {
      const message = ["There's no project with that id"];
      throw invalidFields({ project_id: message, bulk_userstories: FOREIGN });
    }
    const place = readPlace(state, body, project, errors);
    const stories = ownRows(state.userstories, project);
    const moved = readStories(body, stories, errors);
    const neighbour = readNeighbour(body, stories, place, errors);
    if (Object.keys(errors).length > 0) throw invalidFields(errors);
    const author = verifyPermission(state, actor, project, "modify_us");
    verifyWritable(project, strictness);
    const start = startOf(place, neighbour);
    for (const [index, item] of moved.entries()) {
      if (isAt(item, place.columns)) continue;
      const columns = { ...place.columns, [place.field]: start + index };
      planItem(context, storyRules, author, { item, columns });
    }
    const changed = arrange(stories, moved, place, neighbour);
    await context.takeTime?.(moved.length);
    return changed.map((story) => ({
      id: story.id,
      ...Object.fromEntries(place.shown.map((name) => [name, story[name]])),
      [place.field]: story[place.field],
    }));
  };

function findMissing(body: Body, names: readonly string[]): Errors {
  const isMissing = (value: unknown): boolean =>
    value === undefined || value === null || (Array.isArray(value) && value.length === 0);
  return Object.fromEntries(
    names.filter((name) => isMissing(body[name])).map((name) => [name, REQUIRED]),
  );
}

/** The stories to move; one id twice is refused like a foreign one. */
function readStories(body: Body, stories: readonly UserStory[], errors: Errors): UserStory[] {
  const sent = body["bulk_userstories"];
  const ids: unknown[] = Array.isArray(sent) ? sent : [sent];
  const found = ids.map((id) => findById(stories, Number(id)));
  const moved = found.filter((story) => story !== undefined);
  if (new Set(moved).size < ids.length) errors["bulk_userstories"] = FOREIGN;
  return moved;
}

/** The story to move behind or before; undefined for the top. */
interface Neighbour {
  story: UserStory;
  side: "after" | "before";
}

function readNeighbour(
  body: Body,
  stories: readonly UserStory[],
  { columns, within }: Place,
  errors: Errors,
): Neighbour | undefined {
  const isGiven = (side: string): boolean => (body[`${side}_userstory_id`] ?? null) !== null;
  if (isGiven("after") && isGiven("before")) {
    errors["before_userstory_id"] = ["You can't use after and before at the same time."];
    return undefined;
  }
  const side = (["after", "before"] as const).find(isGiven);
  if (side === undefined) return undefined;
  const story = findById(stories, Number(body[`${side}_userstory_id`]));
  if (story !== undefined && isAt(story, columns)) return { story, side };
  errors[`${side}_userstory_id`] = [
    `Invalid user story id to move ${side}. The user story must belong to the same ${within}.`,
  ];
  return undefined;
}

const isAt = (story: UserStory, columns: Place["columns"]): boolean =>
  Object.entries(columns).every(([name, value]) => story[name as keyof UserStory] === value);

/** The position of the first moved story. */
const startOf = ({ field }: Pick<Place, "field">, neighbour: Neighbour | undefined): number =>
  neighbour === undefined ? 1 : neighbour.story[field] + (neighbour.side === "after" ? 1 : 0);

/**
 * Numbers the moved stories from the neighbour's position on and pushes those behind them back.
 *
 * @returns the moved stories and those that got a new position, in their order.
 */
function arrange(
  stories: readonly UserStory[],
  moved: readonly UserStory[],
  { columns, field }: Place,
  neighbour: Neighbour | undefined,
): UserStory[] {
  const start = startOf({ field }, neighbour);
  const others = stories
    .filter((story) => isAt(story, columns) && !moved.includes(story))
    .toSorted((a, b) => a[field] - b[field] || a.id - b.id);
  const before = new Set(neighbour?.side === "after" ? [neighbour.story.id] : []);
  const behind = others.filter((story) => story[field] >= start && !before.has(story.id));
  for (const [index, story] of [...moved, ...behind].entries()) story[field] = start + index;
  return [...moved, ...behind];
}
