import { type Project } from "../projects/project-directory.ts";
import { type ItemKind } from "../kinds.ts";

/** What is written: an item of a kind, or one that is put into a sprint, a swimlane or an epic. */
interface Place {
  kind?: ItemKind;
  sprint?: { id: number | null } | undefined;
  swimlane?: object | null | undefined;
  epics?: readonly object[] | undefined;
  stories?: readonly object[] | undefined;
}

/**
 * Says that the project has switched off a module that a written item needs: Taiga accepts the item,
 * but its pages do not show it. `undefined` when it can be seen.
 */
export function toSwitchedOffNote(place: Place, project: Project): string | undefined {
  const { kind, sprint, swimlane, epics, stories } = place;
  const hasBoard = project.is_backlog_activated || project.is_kanban_activated;
  const needed: readonly (readonly [isNeeded: boolean, module: string, isOn: boolean])[] = [
    [kind === "issue", "issues", project.is_issues_activated],
    [kind === "epic" || isFilled(epics) || isFilled(stories), "epics", project.is_epics_activated],
    [kind === "story", "backlog and kanban", hasBoard],
    [(sprint?.id ?? null) !== null, "backlog", project.is_backlog_activated],
    [(swimlane ?? null) !== null, "kanban", project.is_kanban_activated],
  ];
  const off = needed.filter(([isNeeded, , isOn]) => isNeeded && !isOn).map(([, module]) => module);
  if (off.length === 0) return undefined;
  return `This project has switched off ${off.join(" and ")}, so Taiga's pages do not show this; a project administrator can switch it on.`;
}

const isFilled = (list: readonly object[] = []): boolean => list.length > 0;
