import { inOrder } from "../model/rows.ts";
import type { CustomAttribute, Role, State, Swimlane } from "../model/state.ts";

/** A role in `GET /roles`. */
export const toRole = (state: State, role: Role) => ({
  ...role,
  members_count: state.memberships.filter((member) => member.role === role.id).length,
});

/** A swimlane with the story statuses as its columns, each with the cell's own limit. */
export function toSwimlane(state: State, swimlane: Swimlane) {
  const cells = new Map(swimlane.statuses.map((cell) => [cell.status, cell]));
  const statuses = inOrder(state.storyStatuses.filter((row) => cells.has(row.id)));
  return {
    ...swimlane,
    statuses: statuses.map(({ project: _project, ...status }) => ({
      ...status,
      wip_limit: cells.get(status.id)!.wip_limit,
      swimlane_userstory_status_id: cells.get(status.id)!.id,
    })),
  };
}

/** A custom field's definition. */
export const toCustomAttribute = ({ kind: _kind, ...attribute }: CustomAttribute) => attribute;
