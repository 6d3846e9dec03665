import { readStatus } from "./bulk-rules.ts";
import { wrongArguments } from "../model/errors.ts";
import * as field from "../http/fields.ts";
import type { ItemRules } from "./item-rules.ts";
import { makeRoom } from "./ordering.ts";
import { allocateOrder } from "../model/rows.ts";

/** The colours that Taiga gives to epics created without one. */
const COLORS = ["#fce94f", "#cc0000", "#8ae234", "#729fcf", "#ad7fa8", "#f57900"];

/** How epics are written; any text is accepted as a colour. */
export const epicRules: ItemRules<"epic"> = {
  kind: "epic",
  title: "epic",
  fields: () => ({
    color: field.text(32),
    epics_order: field.position,
    client_requirement: field.flag,
    team_requirement: field.flag,
  }),
  kept: [],
  newColumns: ({ state, clock }, { defaults }) => ({
    status: defaults.epic_status,
    color: "",
    epics_order: Math.floor(allocateOrder(state, clock()) / 1000),
    client_requirement: false,
    team_requirement: false,
  }),
  references: (state, epic) => [["status", state.epicStatuses, epic.status]],
  refuse: wrongArguments,
  referencesFirst: false,
  onNumbered: (epic) => {
    if (epic.color === "") epic.color = COLORS[epic.id % COLORS.length]!;
  },
  reorder: ({ state }, epic, old) => {
    if (epic.epics_order === old.epics_order) return {};
    const inProject = state.epics.filter((row) => row.project === epic.project);
    const shifted = makeRoom(inProject, epic, "epics_order");
    return { ...shifted, [String(epic.id)]: epic.epics_order };
  },
  touched: () => ({}),
  /** The stories stay, without the epic. */
  release: ({ state }, epic) => {
    state.relatedStories = state.relatedStories.filter((link) => link.epic !== epic.id);
  },
  bulk: {
    field: "bulk_epics",
    required: [],
    readColumns: ({ epicStatuses: rows }, body, project) => ({
      status: readStatus(body, project, { rows, title: "epic" }) ?? project.defaults.epic_status,
    }),
    newestFirst: false,
  },
};
