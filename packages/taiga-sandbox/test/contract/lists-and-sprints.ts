import type { Api } from "../support/api.ts";
import { editStory, type Steps } from "./step.ts";

const noPagination = { "x-disable-pagination": "1" };

const intoFirstSwimlane = async (api: Api) => {
  for (const id of [1, 3, 4, 5]) await editStory(api, id, { swimlane: 1 });
};

/** Bulk creation, lists, sprints and votes. */
export const listAndSprintSteps: Steps = {
  bulk_missing: { as: "bob" },
  bulk_badproject: { as: "bob" },
  bulk: { as: "bob" },
  bulk_badstatus: { as: "bob" },
  bulk2: { as: "bob" },
  us_list_paged: { as: "bob" },
  us_list_page2: { as: "bob" },
  us_list_page_oob: { as: "bob" },
  us_list_page_bad: { as: "bob" },
  us_list_page_last: { as: "bob" },
  us_list_ps0: { as: "bob" },
  us_list_ps5000: { as: "bob" },
  us_list_nopag: { as: "bob", headers: noPagination },
  us_list_lazy: { as: "bob", headers: { "x-lazy-pagination": "1" } },
  us_list_item: { as: "bob" },
  us_list_badproject: { as: "bob" },
  us_list_badstatus: { as: "bob" },
  us_list_outsider: { as: "carol" },
  us_list_anon: {},
  us_list_badorder: { as: "bob" },
  us_list_milestone_null: { as: "bob" },
  us_list_badmilestone: { as: "bob" },
  us_only_ref: { as: "bob" },
  us_dash: { as: "bob" },
  us_q: { as: "bob" },
  us_q_prefix: { as: "bob" },
  us_tags: { as: "bob" },
  us_created: { as: "bob" },
  us_filters: { as: "bob", differs: ["body.epics"] },
  ms_missing: { as: "bob" },
  ms_baddates: { as: "bob" },
  ms_create: { as: "bob" },
  ms_dup: { as: "bob" },
  us_to_milestone: { as: "bob" },
  us_patch_ms: { as: "bob" },
  us_patch_ms_other: { as: "bob" },
  ms_get: { as: "bob" },
  ms_list: { as: "bob" },
  ms_stats: { as: "bob" },
  ms_patch: { as: "bob" },
  ms_outsider: { as: "carol" },
  us_new_sw: { as: "bob", before: intoFirstSwimlane },
  us_sw_filter_typo: { as: "bob" },

  upvote: { as: "bob" },
  voters: { as: "bob" },
  us_watchers: { as: "bob" },
  upvote_outsider: { as: "carol" },
};
