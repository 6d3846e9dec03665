import express, { type RequestHandler, Router } from "express";
import { z } from "zod";
import type { Connections } from "../engine/boundary/ports.ts";
import type { ActivityLog, ToolWrite } from "../grants/activity-log.ts";
import { OAuthError } from "./oauth-error.ts";

const MAX_WRITES = 100;

const Report = z.object({
  writes: z
    .array(
      z.object({
        gid: z.string().regex(/^[\w-]{43}$/, "must be the gid of an introspection"),
        at: z.int("must be epoch seconds"),
        tool: z.string().max(100),
        object: z.string().max(1_000),
        outcome: z.string().max(100),
      }),
    )
    .max(MAX_WRITES, `at most ${MAX_WRITES}`),
});

export interface ActivityIntakeDeps {
  activity: Pick<ActivityLog, "noteWrites">;
  findOwner: Connections["findOwner"];
  /** Accepts only the resource server; see resource-server-auth.ts. */
  authenticate: RequestHandler;
}

/**
 * POST /activity of the private listener: what tools wrote, as JSON `{"writes": […]}`, for the
 * account pages. Answers 204. Writes of a grant that has ended meanwhile are dropped.
 */
export function createActivityIntake(deps: ActivityIntakeDeps): Router {
  const router = Router({ strict: true, caseSensitive: true });
  router
    .route("/activity")
    .post(deps.authenticate, express.json({ limit: "256kb" }), async (req, res) => {
      const report = Report.safeParse(req.body);
      if (!report.success) throw toRefusal(report.error);
      const byAccount = await groupByAccount(report.data.writes, deps.findOwner);
      await Promise.all(
        [...byAccount].map(([accountId, writes]) => deps.activity.noteWrites(accountId, writes)),
      );
      res.status(204).end();
    })
    .all((req, res) => {
      res.set("Allow", "POST");
      throw new OAuthError("invalid_request", `Use POST, not ${req.method}.`, { status: 405 });
    });
  return router;
}

function toRefusal({ issues: [issue] }: z.ZodError): OAuthError {
  const field = issue?.path.join(".") ?? "";
  return new OAuthError("invalid_request", `${field}: ${issue?.message ?? "is not valid"}.`);
}

/** Reads each grant once. */
async function groupByAccount(
  writes: readonly Omit<ToolWrite, "client">[],
  findOwner: Connections["findOwner"],
): Promise<Map<string, ToolWrite[]>> {
  const gids = [...new Set(writes.map(({ gid }) => gid))];
  const owners = new Map(
    await Promise.all(gids.map(async (gid) => [gid, await findOwner(gid)] as const)),
  );
  const byAccount = new Map<string, ToolWrite[]>();
  for (const write of writes) {
    const owner = owners.get(write.gid);
    if (owner === undefined) continue;
    const own = byAccount.get(owner.accountId) ?? [];
    own.push({ ...write, client: owner.clientName });
    byAccount.set(owner.accountId, own);
  }
  return byAccount;
}
