import type { Handlers } from "../http/endpoint.ts";
import type { Context } from "../model/context.ts";
import { createBulkPlan } from "../items/item-routes.ts";
import { issueRules } from "../items/issue-rules.ts";
import type { ItemRules } from "../items/item-rules.ts";
import { storyRules } from "../items/story-rules.ts";
import { taskRules } from "../items/task-rules.ts";
import type { ItemKind } from "../model/state.ts";

/**
 * `POST /milestones/{id}/move_…_to_sprint`: the same as `bulk_update_milestone`, for items that need
 * not be in this sprint, and without an answer.
 */
export function moveActions(context: Context): Record<string, Handlers> {
  const move = <Kind extends ItemKind>(rules: ItemRules<Kind>): Handlers => {
    const run = createBulkPlan(context, rules, rules.bulk.plan!);
    return {
      POST: async (req, actor, res) => {
        await run(req, actor, res);
      },
    };
  };
  return {
    move_userstories_to_sprint: move(storyRules),
    move_tasks_to_sprint: move(taskRules),
    move_issues_to_sprint: move(issueRules),
  };
}
