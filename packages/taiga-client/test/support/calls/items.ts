import type { Call, ListCall } from "./call.ts";

const story = { project: 1, subject: "a" };
const wikiPage = { project: 1, slug: "home", content: "# Hi" };
const sprint = {
  project: 1,
  name: "a",
  estimated_start: "2026-11-16",
  estimated_finish: "2026-11-29",
};

/** Items, sprints, wiki pages and what else the core needs. */
export const ITEM_CALLS: Call[] = [
  ["GET /users/me", (taiga) => taiga.users.me(), undefined],
  ["GET /applications/a%2Fb", (taiga) => taiga.applications.get("a/b"), undefined],
  [
    "POST /application-tokens/validate",
    (taiga) =>
      taiga.applicationTokens.validate({ application: "app", authCode: "code", state: "s" }),
    { application: "app", auth_code: "code", state: "s" },
  ],
  [
    "GET /application-tokens?application=app",
    (taiga) => taiga.applicationTokens.list("app"),
    undefined,
  ],
  ["DELETE /application-tokens/4", (taiga) => taiga.applicationTokens.delete(4), undefined],
  ["GET /projects/3", (taiga) => taiga.projects.getById(3), undefined],
  ["GET /projects/by_slug?slug=a%2Fb", (taiga) => taiga.projects.getBySlug("a/b"), undefined],
  [
    "GET /userstories/by_ref?ref=7&project=1",
    (taiga) => taiga.userStories.getByRef({ projectId: 1 }, 7),
    undefined,
  ],
  [
    "GET /tasks/by_ref?ref=7&project__slug=p",
    (taiga) => taiga.tasks.getByRef({ projectSlug: "p" }, 7),
    undefined,
  ],
  ["POST /userstories", (taiga) => taiga.userStories.create(story), story],
  [
    "PATCH /tasks/4",
    (taiga) => taiga.tasks.update(4, { version: 2, milestone: null, subject: undefined }),
    { version: 2, milestone: null },
  ],
  [
    "POST /userstories/bulk_create",
    (taiga) => taiga.userStories.bulkCreate({ projectId: 1, subjects: ["a", "b"], statusId: 3 }),
    { project_id: 1, bulk_stories: "a\nb", status_id: 3 },
  ],
  [
    "POST /tasks/bulk_create",
    (taiga) =>
      taiga.tasks.bulkCreate({ projectId: 1, milestoneId: 2, userStoryId: 3, subjects: ["a"] }),
    { project_id: 1, milestone_id: 2, us_id: 3, bulk_tasks: "a" },
  ],
  [
    "PATCH /userstories/custom-attributes-values/5",
    (taiga) =>
      taiga.customAttributeValues.update("userstory", 5, {
        attributes_values: { "1": "x" },
        version: 3,
      }),
    { attributes_values: { "1": "x" }, version: 3 },
  ],
  [
    "GET /tasks/custom-attributes-values/5",
    (taiga) => taiga.customAttributeValues.get("task", 5),
    undefined,
  ],
  [
    "GET /resolver?project=p&ref=7",
    (taiga) => taiga.resolver.resolve({ projectSlug: "p", ref: 7 }),
    undefined,
  ],
  [
    "POST /issues",
    (taiga) => taiga.issues.create({ ...story, type: 1, severity: 2, priority: 3 }),
    { ...story, type: 1, severity: 2, priority: 3 },
  ],
  [
    "PATCH /epics/4",
    (taiga) => taiga.epics.update(4, { version: 2, color: "#123456" }),
    { version: 2, color: "#123456" },
  ],
  [
    "POST /issues/bulk_create",
    (taiga) => taiga.issues.bulkCreate({ projectId: 1, milestoneId: 2, subjects: ["a", "b"] }),
    { project_id: 1, milestone_id: 2, bulk_issues: "a\nb" },
  ],
  [
    "POST /epics/bulk_create",
    (taiga) => taiga.epics.bulkCreate({ projectId: 1, statusId: 2, subjects: ["a", "b"] }),
    { project_id: 1, status_id: 2, bulk_epics: "a\nb" },
  ],
  [
    "POST /epics/4/related_userstories",
    (taiga) => taiga.epics.addStory(4, 7),
    { epic: 4, user_story: 7 },
  ],
  [
    "POST /epics/4/related_userstories/bulk_create",
    (taiga) => taiga.epics.bulkCreateStories({ epicId: 4, projectId: 1, subjects: ["a", "b"] }),
    { project_id: 1, bulk_userstories: "a\nb" },
  ],
  ["DELETE /epics/4/related_userstories/7", (taiga) => taiga.epics.removeStory(4, 7), undefined],
  ["DELETE /userstories/4", (taiga) => taiga.userStories.delete(4), undefined],
  ["DELETE /tasks/4", (taiga) => taiga.tasks.delete(4), undefined],
  ["DELETE /issues/4", (taiga) => taiga.issues.delete(4), undefined],
  ["DELETE /epics/4", (taiga) => taiga.epics.delete(4), undefined],
  ["DELETE /milestones/4", (taiga) => taiga.milestones.delete(4), undefined],
  ["DELETE /wiki/4", (taiga) => taiga.wikiPages.delete(4), undefined],
  ["GET /milestones/4", (taiga) => taiga.milestones.getById(4), undefined],
  ["GET /milestones/4/stats", (taiga) => taiga.milestones.stats(4), undefined],
  ["POST /milestones", (taiga) => taiga.milestones.create(sprint), sprint],
  ["PATCH /milestones/4", (taiga) => taiga.milestones.update(4, { name: "b" }), { name: "b" }],
  [
    "GET /wiki?project=1&page=2&page_size=10",
    (taiga) => taiga.wikiPages.list({ projectId: 1 }, { page: 2, pageSize: 10 }),
    undefined,
  ],
  ["GET /wiki/4", (taiga) => taiga.wikiPages.getById(4), undefined],
  [
    "GET /wiki/by_slug?slug=a%26b&project=1",
    (taiga) => taiga.wikiPages.getBySlug(1, "a&b"),
    undefined,
  ],
  ["POST /wiki", (taiga) => taiga.wikiPages.create(wikiPage), wikiPage],
  [
    "PATCH /wiki/4",
    (taiga) => taiga.wikiPages.update(4, { version: 2, content: "two" }),
    { version: 2, content: "two" },
  ],
  [
    "GET /epics/custom-attributes-values/5",
    (taiga) => taiga.customAttributeValues.get("epic", 5),
    undefined,
  ],
  [
    "GET /issues/custom-attributes-values/5",
    (taiga) => taiga.customAttributeValues.get("issue", 5),
    undefined,
  ],
  [
    "GET /timeline/project/1?page=2&page_size=50",
    (taiga) => taiga.timeline.project(1, { page: 2, pageSize: 50 }),
    undefined,
  ],
  ["GET /timeline/user/7", (taiga) => taiga.timeline.user(7), undefined],
  [
    "GET /search?project=1&text=put+%26",
    (taiga) => taiga.search({ projectId: 1, text: "put &" }),
    undefined,
  ],
  [
    "GET /resolver?project=p&milestone=sprint-1",
    (taiga) => taiga.resolver.resolveMilestone({ projectSlug: "p", slug: "sprint-1" }),
    undefined,
  ],
  [
    "GET /resolver?project=p&wikipage=home",
    (taiga) => taiga.resolver.resolveWikiPage({ projectSlug: "p", slug: "home" }),
    undefined,
  ],
  [
    "GET /wiki?project=1&page=1&page_size=200",
    async (taiga) => {
      for await (const page of taiga.wikiPages.listAll({ projectId: 1 })) void page;
    },
    undefined,
  ],
  ["POST /auth/refresh", (taiga) => taiga.auth.refresh("r"), { refresh: "r" }],
];

export const ITEM_LISTS: ListCall[] = [
  ["GET /projects?member=6", (taiga) => taiga.projects.list({ memberId: 6 })],
  ["GET /projects", (taiga) => taiga.projects.list()],
  ["GET /users?project=1", (taiga) => taiga.users.listByProject(1)],
  [
    "GET /milestones?project=1&closed=false",
    (taiga) => taiga.milestones.list({ projectId: 1, closed: false }),
  ],
  [
    "GET /milestones?project=1&estimated_finish__gte=2026-11-20&order_by=name",
    (taiga) =>
      taiga.milestones.list({
        projectId: 1,
        estimated_finish__gte: "2026-11-20",
        order_by: "name",
      }),
  ],
  ["GET /epics/4/related_userstories", (taiga) => taiga.epics.listStories(4)],
  ["GET /history/task/2", (taiga) => taiga.history.list("task", 2)],
  ["GET /history/wiki/2", (taiga) => taiga.history.list("wiki", 2)],
  ["GET /epics/attachments?project=1&object_id=2", (taiga) => taiga.attachments.list("epic", 1, 2)],
  ["GET /wiki/attachments?project=1&object_id=2", (taiga) => taiga.attachments.list("wiki", 1, 2)],
  ["GET /tasks/attachments?project=1&object_id=2", (taiga) => taiga.attachments.list("task", 1, 2)],
];
