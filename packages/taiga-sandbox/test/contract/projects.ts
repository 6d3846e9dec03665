import type { Steps } from "./step.ts";

/** Projects come with content from the start that the recording made step by step. */
const laterContent = [
  "body.swimlanes",
  "body.milestones",
  "body.userstory_custom_attributes",
  "body.default_swimlane",
  "body.tags_colors",
  "body.total_milestones",
  "body.total_story_points",
];

/** Projects, their members and their visibility. */
export const projectSteps: Steps = {
  proj_get_outsider: { as: "carol" },
  proj_get_anon: {},
  proj_get_404: { as: "alice" },
  proj_get_404_anon: {},
  proj_get_text: { as: "alice" },
  proj_slug_outsider: { as: "carol" },
  proj_slug_anon: {},
  proj_slug: { as: "alice", differs: laterContent },
  proj_list: { as: "alice", differs: ["body[].tags_colors", "body[].default_swimlane"] },
  proj_list_slight: {
    as: "alice",
    differs: ["body[].tags_colors", "body[].default_swimlane"],
  },
  proj_list_carol: { as: "carol" },
  proj_list_anon: {},
  memb_list: { as: "alice", differs: ["x-pagination-count"] },
  memb_list_bob: { as: "bob", differs: ["x-pagination-count"] },
  memb_list_outsider: { as: "carol" },
  roles_list: { as: "alice", differs: ["x-pagination-count"] },
  users_list: { as: "bob" },
  users_list_all: { as: "bob" },
  users_list_outsider: { as: "carol" },
  user_get: { as: "bob" },
  user_get_su: { as: "admin" },
  user_404: { as: "bob" },
  user_by_username: { as: "bob" },
  pub_us_anon_list: {},
  pub_us_create_outsider: { as: "carol" },
  pub_get_anon: {},
};
