import type { Api } from "../support/api.ts";
import { editStory, recordings, type Steps } from "./step.ts";

const freeze = (how: "blocked" | "archived" | null) => (api: Api) =>
  api.sandbox.control.freezeProject("alice-alpha-one", how);

/** Blocked and archived projects, and users who may no longer log in. */
export const frozenSteps: Steps = {
  blk_get: {
    as: "alice",
    before: async (api) => {
      await editStory(api, 1, { milestone: 1 });
      freeze("blocked")(api);
    },
    differs: ["body.tags_colors"],
  },
  blk_us_get: { as: "bob" },
  blk_us_patch: { as: "bob" },
  blk_us_create: { as: "bob" },
  blk_us_delete: { as: "bob" },
  blk_upvote: { as: "bob" },
  arc_us_patch: { as: "bob", before: freeze("archived") },
  arc_us_create: { as: "bob" },
  arc_bulk: { as: "bob" },
  ms_del: { as: "bob", before: freeze(null) },
  us_after_ms_del: { as: "bob" },
  milestone_create2: {
    as: "alice",
    body: () => ({ ...(recordings["milestone_create2"]?.request_body as object), project: 2 }),
  },
  inactive_me: {
    as: "carol",
    before: async (api) => {
      await api.login("carol");
      api.sandbox.control.deactivateUser("carol");
    },
  },
  inactive_bearer: { as: "carol" },
  inactive_login: {
    body: () => ({ type: "normal", username: "carol", password: "carol-password" }),
  },
};
