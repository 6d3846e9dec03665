import express, { type Request, type RequestHandler, Router } from "express";
import { z } from "zod";
import type { Logins } from "../operations/logins.ts";
import { OAuthError } from "./oauth-error.ts";

const text = z.string("must be sent once").min(1, "must not be empty").max(2_048, "is too long");

const Filter = z.strictObject({
  user: text.optional(),
  client: text.optional(),
  grant: text.regex(/^[\w-]{43}$/, "must be the name of a grant in `admin logins`").optional(),
  since: z.coerce.number("must be epoch seconds").int("must be epoch seconds").optional(),
});

/** Ending needs a choice, so that a forgotten filter does not end everything. */
const Choice = Filter.extend({ all: z.literal("true", "must be true").optional() }).refine(
  (given) => Object.values(given).some((value) => value !== undefined),
  { path: ["user"], message: "or client, grant or all must say which logins to end" },
);

/**
 * GET /admin/logins and POST /admin/logins/end of the private listener, with `user`, `client`,
 * `grant` and `since` as query and as form. The caller has been authenticated.
 */
export function createAdminLogins(logins: Pick<Logins, "list" | "end">): Router {
  const router = Router({ strict: true, caseSensitive: true });
  router
    .route("/admin/logins")
    .get(answer(async (req) => logins.list(parse(Filter, req.query))))
    .all(refuseMethod("GET"));
  router
    .route("/admin/logins/end")
    .post(
      express.urlencoded({ extended: false, limit: "16kb" }),
      answer(async (req) => {
        const { all: _all, ...filter } = parse(Choice, { ...(req.body as object | undefined) });
        return await logins.end(filter);
      }),
    )
    .all(refuseMethod("POST"));
  return router;
}

function parse<Schema extends z.ZodType>(schema: Schema, given: unknown): z.output<Schema> {
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const field = issue?.code === "unrecognized_keys" ? issue.keys.join(", ") : issue?.path.join(".");
  const rule = issue?.code === "unrecognized_keys" ? "is not known here" : issue?.message;
  throw new OAuthError("invalid_request", `${field ?? ""}: ${rule ?? "is not valid"}.`);
}

/** JSON that must not be cached. */
export const answer =
  (work: (req: Request) => Promise<object>): RequestHandler =>
  async (req, res) => {
    res.set("Cache-Control", "no-store").json(await work(req));
  };

export const refuseMethod =
  (allowed: string): RequestHandler =>
  (req, res) => {
    res.set("Allow", allowed);
    throw new OAuthError("invalid_request", `Use ${allowed}, not ${req.method}.`, { status: 405 });
  };
