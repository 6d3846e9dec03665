import type { Request, Response } from "express";
import type { Actor } from "../access.ts";
import type { Context } from "../context.ts";
import { toId, type Endpoint } from "../endpoint.ts";
import { invalidFields } from "../errors.ts";
import { toBody } from "../fields.ts";
import {
  createIssue,
  createPlainIssue,
  deleteIssue,
  editIssue,
  planIssue,
} from "../issue-writes.ts";
import { findById, mustFind } from "../rows.ts";
import { toItemDetail } from "../views/items.ts";
import {
  findForDelete,
  mustBeUser,
  readBulk,
  readOwnId,
  toSubjects,
  verifyPermission,
  verifyWritable,
} from "../writes.ts";
import { createItemReads } from "./items.ts";
import { createPromotion } from "./promotion.ts";

const KIND = "issue";

/** `/issues` and what is under it, except attachments and custom fields. */
export function issueRoutes(context: Context): Record<string, Endpoint> {
  const { list, detail, byRef, filtersData } = createItemReads(context, KIND);
  const endpoint = (handlers: Endpoint["handlers"]): Endpoint => ({ name: "Issue", handlers });
  return {
    "/issues": endpoint({
      GET: list,
      POST: (req, res, actor) => {
        const issue = createIssue(context, actor, toBody(req.body));
        res.status(201).json(toItemDetail(context, KIND, issue, actor));
      },
    }),
    "/issues/by_ref": endpoint({ GET: byRef }),
    "/issues/filters_data": endpoint({ GET: filtersData }),
    "/issues/bulk_create": endpoint({
      POST: (req, res, actor) => bulkCreate(context, req, res, actor),
    }),
    "/issues/bulk_update_milestone": endpoint({
      POST: (req, res, actor) => bulkPlan(context, req, res, actor),
    }),
    "/issues/:id": endpoint({
      GET: detail,
      PATCH: (req, res, actor) => {
        const issue = editIssue(context, actor, toId(req.params["id"]), toBody(req.body));
        res.json(toItemDetail(context, KIND, issue, actor));
      },
      DELETE: (req, res, actor) => {
        const target = { kind: KIND, id: toId(req.params["id"]) } as const;
        const issue = findForDelete(context.state, actor, target);
        verifyWritable(mustFind(context.state.projects, issue.project));
        deleteIssue(context, mustBeUser(actor), issue);
        res.status(204).end();
      },
    }),
    "/issues/:id/promote_to_user_story": endpoint({ POST: createPromotion(context, KIND) }),
  };
}

/** The answer has the newest first, other than with the other kinds. */
function bulkCreate(context: Context, req: Request, res: Response, actor: Actor): void {
  const { state } = context;
  const body = toBody(req.body);
  const project = readBulk(state, body, ["bulk_issues"]);
  const milestone = body["milestone_id"] === null ? undefined : readMilestone(context, body);
  const author = verifyPermission(state, actor, project, "add_issue");
  verifyWritable(project, "blocked only");
  const issues = toSubjects(body["bulk_issues"]).map((subject) =>
    createPlainIssue(context, project, author, { subject, milestone: milestone ?? null }),
  );
  res.json(issues.toReversed().map((issue) => toItemDetail(context, KIND, issue, actor)));
}

function readMilestone({ state }: Context, body: ReturnType<typeof toBody>): number | undefined {
  const project = mustFind(state.projects, Number(body["project_id"]));
  const message = "The milestone isn't valid for the project";
  return readOwnId(body, "milestone_id", { rows: state.milestones, project, message });
}

function bulkPlan(context: Context, req: Request, res: Response, actor: Actor): void {
  const { state } = context;
  const body = toBody(req.body);
  const project = readBulk(state, body, ["milestone_id", "bulk_issues"]);
  const milestone = readMilestone(context, body)!;
  const rows: unknown[] = Array.isArray(body["bulk_issues"]) ? body["bulk_issues"] : [null];
  const issues = rows.map((row) =>
    findById(state.issues, Number((row as { issue_id?: unknown } | null)?.issue_id)),
  );
  if (issues.some((issue) => issue?.project !== project.id)) {
    throw invalidFields({ bulk_issues: ["All the issues must be from the same project"] });
  }
  const author = verifyPermission(state, actor, project, "modify_issue");
  verifyWritable(project);
  for (const issue of issues) planIssue(context, author, issue!, milestone);
  res.json(Object.fromEntries(issues.map((issue) => [String(issue!.id), milestone])));
}
