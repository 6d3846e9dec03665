import type { Api } from "../support/api.ts";
import type { HistoryView } from "../support/view.ts";
import { editStory, recordings, type Steps } from "./step.ts";

/** In the recording a PUT came before the history was read; it set these, by omission. */
const putLikeEdit = async (api: Api) => {
  const story = (await api.call("GET /userstories/1", { as: "bob" })).body;
  await editStory(api, 1, {
    subject: "put subj",
    tags: [],
    is_blocked: false,
    assigned_to: null,
    assigned_users: [],
    client_requirement: false,
    backlog_order: story.backlog_order + 1,
    sprint_order: story.sprint_order + 1,
  });
};

/** The identifier in the recording is masked; it stands for the only comment of the story. */
const ofComment = async (recorded: string, api: Api): Promise<string> => {
  const path = "GET /history/userstory/1?type=comment";
  const [comment] = (await api.call<[HistoryView]>(path, { as: "bob" })).body;
  return recorded.replace("00000000-0000-1000-8000-000000000007", comment.id);
};

/** Making, reading and editing a story; versions; history and comments. */
export const storySteps: Steps = {
  us_create_missing: { as: "bob" },
  us_create_noproject: { as: "bob" },
  us_create_outsider: { as: "carol" },
  us_create_stake: { as: "stan" },
  us_create_badproject: { as: "bob" },
  us_create_badstatus: { as: "bob" },
  us_create_otherstatus: { as: "bob" },
  us_create_badassignee: { as: "bob" },
  us_create: {
    as: "bob",
    body: () => ({
      ...(recordings["us_create"]?.request_body as object),
      tags: ["Red", ["newtag", "#00ff00"], "plain"],
    }),
  },
  us_create_badtag: { as: "bob" },
  us_create_baddate: { as: "bob" },
  us_create_badpoints: { as: "bob" },
  us_post_blank: { as: "bob" },
  us_post_null: { as: "bob" },
  arr_body: { as: "bob" },
  us_get: { as: "bob" },
  us_get_outsider: { as: "carol" },
  us_get_anon: {},
  us_get_404: { as: "bob" },
  us_byref: { as: "bob" },
  us_byref_slug: { as: "bob" },
  us_byref_noref: { as: "bob" },
  us_byref_noproj: { as: "bob" },
  us_byref_404: { as: "bob" },
  occ_noversion: { as: "bob" },
  occ_nonint: { as: "bob" },
  occ_strint: { as: "bob" },
  occ_v2: { as: "bob" },
  occ_stale_same_field: { as: "bob" },
  occ_stale_disjoint: { as: "bob" },
  occ_future: { as: "bob" },
  occ_neg: { as: "bob" },
  occ_nochange: { as: "bob" },
  comment: { as: "stan" },
  stake_modify: { as: "stan" },
  us_patch_blank_subject: { as: "bob" },
  us_patch_null_subject: { as: "bob" },
  us_patch_null_desc: { as: "bob" },
  us_patch_readonly: { as: "bob" },
  us_patch_404: { as: "bob" },
  us_delete_404: { as: "bob" },
  hist: {
    as: "bob",
    before: putLikeEdit,
    // A PATCH leaves the place on the board alone.
    differs: ["body[].diff.kanban_order", "body[].values_diff.kanban_order"],
  },
  hist_comment: { as: "bob" },
  hist_outsider: { as: "carol" },
  edit_comment_other: { as: "bob", request: ofComment },
  edit_comment: { as: "stan", request: ofComment },
  edit_comment_missing: { as: "stan", request: ofComment },
  edit_comment_badid: { as: "stan" },
  comment_versions: { as: "stan", request: ofComment },
  delete_comment: { as: "stan", request: ofComment },
  delete_comment_again: { as: "stan", request: ofComment },
  edit_deleted: { as: "stan", request: ofComment },
  hist_after_del: { as: "bob" },
  undelete_comment: { as: "stan", request: ofComment },
  undelete_comment2: { as: "stan", request: ofComment },
  mo: { as: "bob", headers: { "X-HTTP-Method-Override": "PATCH" } },
};
