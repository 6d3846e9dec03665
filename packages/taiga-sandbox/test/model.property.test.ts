import fc from "fast-check";
import { expect, test } from "vitest";
import { createSandbox } from "../src/index.ts";
import { TEST_MS } from "../../../tests/support/time-limits.ts";
import { findBroken } from "./support/invariants.ts";

/** Small numbers, so that requests meet each other's rows. */
interface Parts {
  a: number;
  b: number;
  c: number;
  text: string;
  flag: boolean;
}

type Build = (parts: Parts) => [request: string, body?: object];

const KINDS = ["epics", "userstories", "tasks", "issues"];
const LISTS = [
  "epic-statuses",
  "userstory-statuses",
  "task-statuses",
  "issue-statuses",
  "points",
  "priorities",
  "severities",
  "issue-types",
];

const kind = (n: number): string => KINDS[n % KINDS.length]!;
const list = (n: number): string => LISTS[n % LISTS.length]!;

/** What a person with a program could send; odd ids and texts included. */
const REQUESTS: Build[] = [
  ({ a, b, text }) => [`POST /${kind(a)}`, { project: 1 + (b % 2), subject: text }],
  ({ a, b, c, text }) => [`PATCH /${kind(a)}/${b}`, { version: c, subject: text, tags: [text] }],
  ({ a, b, c }) => [`PATCH /${kind(a)}/${b}`, { version: c, status: a + b }],
  ({ a, b, c }) => [`PATCH /userstories/${a}`, { version: b, milestone: c, swimlane: b }],
  ({ a, b, c }) => [`PATCH /userstories/${a}`, { version: b, points: { [c]: b } }],
  ({ a, b, c, text }) => [`PATCH /${kind(a)}/${b}`, { version: c, comment: text, assigned_to: a }],
  ({ a, b }) => [`DELETE /${kind(a)}/${b}`],
  ({ a, b }) => [`POST /${kind(a)}/${b}/upvote`],
  ({ a, b }) => [`POST /${kind(a)}/${b}/watch`],
  ({ a, b }) => [`POST /epics/${a}/related_userstories`, { epic: a, user_story: b }],
  ({ a, b }) => [`DELETE /epics/${a}/related_userstories/${b}`],
  ({ a }) => [`POST /issues/${a}/promote_to_user_story`, { project_id: 1 }],
  ({ a }) => [`POST /tasks/${a}/promote_to_user_story`, { project_id: 1 }],
  ({ a, text }) => [
    "POST /milestones",
    {
      project: 1,
      name: text,
      estimated_start: "2026-11-01",
      estimated_finish: `2026-11-1${a % 10}`,
    },
  ],
  ({ a }) => [`DELETE /milestones/${a}`],
  ({ a, b, c }) => [
    "POST /userstories/bulk_update_kanban_order",
    { project_id: 1, status_id: a, swimlane_id: b, bulk_userstories: [c, a] },
  ],
  ({ a, b, c }) => [
    "POST /userstories/bulk_update_backlog_order",
    { project_id: 1, milestone_id: a, after_userstory_id: b, bulk_userstories: [c] },
  ],
  ({ a, b, c }) => [
    "POST /userstories/bulk_update_milestone",
    { project_id: 1, milestone_id: a, bulk_stories: [{ us_id: b, order: c }] },
  ],
  ({ a, text, flag }) => [`POST /${list(a)}`, { project: 1, name: text, is_closed: flag }],
  ({ a, b, text, flag }) => [`PATCH /${list(a)}/${b}`, { name: text, is_closed: flag }],
  ({ a, b, c }) => [`DELETE /${list(a)}/${b}?moveTo=${c}`],
  ({ text, flag }) => ["POST /roles", { project: 1, name: text, computable: flag }],
  ({ a, flag }) => [`PATCH /roles/${a}`, { computable: flag }],
  ({ a, b }) => [`DELETE /roles/${a}?moveTo=${b}`],
  ({ text }) => ["POST /swimlanes", { project: 1, name: text }],
  ({ a, b }) => [`DELETE /swimlanes/${a}?moveTo=${b}`],
  ({ a }) => [`DELETE /swimlanes/${a}`],
  ({ a, text }) => [
    "POST /memberships",
    { project: 1, role: a, username: `${text.replace(/\W/g, "x")}@example.com` },
  ],
  ({ a, b, flag }) => [`PATCH /memberships/${a}`, { role: b, is_admin: flag }],
  ({ a }) => [`DELETE /memberships/${a}`],
  ({ text, flag }) => ["POST /projects", { name: text, description: "d", is_private: flag }],
  ({ a, flag, text }) => [
    `PATCH /projects/${1 + (a % 3)}`,
    { is_private: flag, description: text },
  ],
  ({ a, b }) => [`PATCH /projects/${1 + (a % 3)}`, { default_us_status: b, default_swimlane: a }],
  ({ text }) => [
    "POST /projects/1/duplicate",
    { name: text, description: "d", is_private: true, users: [] },
  ],
  ({ a }) => [`DELETE /projects/${3 + a}`],
  ({ text }) => ["POST /projects/1/create_tag", { tag: text }],
  ({ text }) => ["POST /projects/1/delete_tag", { tag: text }],
  ({ text }) => ["POST /wiki", { project: 1, slug: text, content: text }],
  ({ text }) => ["POST /wiki-links", { project: 1, title: text }],
  ({ a, b }) => [
    `POST /milestones/${a}/move_userstories_to_sprint`,
    { project_id: 1, milestone_id: b, bulk_stories: [] },
  ],
  ({ a }) => [`GET /${kind(a)}?project=1`],
  ({ a, b }) => [`GET /${kind(a)}/${b}`],
  () => ["GET /projects/1"],
  () => ["GET /projects/1/stats"],
  () => ["GET /projects/1/issues_stats"],
  () => ["GET /memberships?project=1"],
  () => ["GET /timeline/project/1"],
  () => ["GET /web-notifications"],
];

/** Where a real Taiga fails with a 500 itself; see capture-notes.md of the recording. */
const isKnownFailure = (request: string): boolean =>
  /^DELETE \/(epic|userstory|task|issue)-statuses\/|^DELETE \/(points|priorities|severities|issue-types)\//.test(
    request,
  );

const parts = fc.record({
  a: fc.integer({ min: 0, max: 9 }),
  b: fc.integer({ min: 0, max: 9 }),
  c: fc.integer({ min: 0, max: 9 }),
  text: fc.oneof(
    fc.constantFrom("", " ", "x", "__proto__", "constructor", "null"),
    fc.string({ maxLength: 8 }),
  ),
  flag: fc.boolean(),
});

const steps = fc.array(
  fc.record({
    actor: fc.constantFrom("alice", "alice", "dora", "bob", "bob", "stan", "rita", "carol"),
    build: fc.integer({ min: 0, max: REQUESTS.length - 1 }),
    parts,
  }),
  { minLength: 20, maxLength: 60 },
);

// @rule SBX-MODEL
test(
  "random requests by random users break nothing, and fail only where Taiga does",
  { timeout: TEST_MS },
  async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (commands) => {
        let now = Date.parse("2026-11-30T12:00:00Z");
        const sandbox = createSandbox({
          clock: () => new Date((now += 1000)),
          secret: "a secret of the tests, long enough",
          seed: "capture",
        });
        const tokens = new Map<string, string>();
        for (const { actor, build, parts: values } of commands) {
          const token = tokens.get(actor) ?? (await sandbox.issueTokens(actor)).auth_token;
          tokens.set(actor, token);
          const [request, body] = REQUESTS[build]!(values);
          const [method, path] = request.split(" ") as [string, string];
          const answer = await sandbox.handle({
            method,
            path: `/api/v1${path}`,
            headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
            ...(body && { body: JSON.stringify(body) }),
          });
          const isFailure = answer.status >= 500 && !isKnownFailure(request);
          expect({ request, body, isFailure }).toMatchObject({ isFailure: false });
          expect({ request, body, broken: findBroken(sandbox.state) }).toMatchObject({
            broken: [],
          });
        }
      }),
      { numRuns: 60 },
    );
  },
);
