import { editStory, type Steps } from "./step.ts";

/** Single fields of a story, and its deletion. */
export const storyEditSteps: Steps = {
  us_tasks_inc: {
    as: "bob",
    before: (api) => editStory(api, 5, { backlog_order: 1 }),
    differs: ["x-pagination-count"],
  },
  us_dash2: { as: "bob", differs: ["x-pagination-count"] },
  tasks_unassigned: { as: "bob" },
  tasks_status_closed: { as: "bob", differs: ["x-pagination-count"] },
  tasks_exclude: { as: "bob", differs: ["x-pagination-count"] },
  form_body: {
    as: "bob",
    body: () => "project=1&subject=formed",
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
  },
  us_patch_epics: {
    as: "bob",
    freshVersion: true,
    before: (api) => editStory(api, 1, { milestone: null }),
  },
  us_assigned_users: { as: "bob", freshVersion: true },
  us_assign: { as: "bob", freshVersion: true },
  us_unassign: { as: "bob", freshVersion: true },
  us_watchers_patch: { as: "bob", freshVersion: true },
  us_watchers_bad: { as: "bob", freshVersion: true },
  us_points_patch: { as: "bob", freshVersion: true },
  us_tags_patch: {
    as: "bob",
    freshVersion: true,
    body: () => ({ tags: [["Red", "#000000"], "X", "x"] }),
  },
  us_close_status: { as: "bob", freshVersion: true },
  us_post_version: { as: "bob" },
  us_del_stake: { as: "stan" },
  us_del: { as: "bob" },
  us_get_deleted: { as: "bob" },
  hist_deleted: { as: "bob" },
};
