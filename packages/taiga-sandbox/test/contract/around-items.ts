import type { Steps } from "./step.ts";

/** The recording leaves multipart bodies out. */
const formOf =
  (fields: Record<string, string>, hasFile = true) =>
  (): FormData => {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    if (hasFile) form.set("attached_file", new File(["hello"], "a.txt", { type: "text/plain" }));
    return form;
  };

/** Which kinds of things happened last is a matter of content. */
const otherEvents = ["issue", "epic", "task", "wikipage", "role", "userstory", "milestone"]
  .map((name) => `body[].data.${name}`)
  .concat("body[].data.values_diff", "x-pagination-count");

/** Attachments, custom fields, search, resolver and timelines. */
export const aroundItemSteps: Steps = {
  att_create: {
    as: "bob",
    body: formOf({ project: "1", object_id: "1", description: "dd" }),
  },
  att_nofile: { as: "bob", body: formOf({ project: "1", object_id: "1" }, false) },
  att_badobj: { as: "bob", body: formOf({ project: "1", object_id: "999" }) },
  att_wrongproject: { as: "bob", body: formOf({ project: "2", object_id: "1" }) },
  att_json: { as: "bob" },
  att_list: { as: "bob" },
  att_patch: { as: "bob" },
  att_put: { as: "bob" },
  us_after_att: { as: "bob", differs: ["body.neighbors"] },
  att_delete: { as: "bob" },

  cav_get: { as: "bob" },
  cav_patch: { as: "bob" },
  cav_patch_stale: { as: "bob" },
  cav_patch_nov: { as: "bob" },
  cav_patch_badkey: { as: "bob" },
  cav_patch_str: { as: "bob" },
  cav_patch_empty: { as: "bob" },
  cav_404: { as: "bob" },
  search: { as: "bob" },
  search_empty: { as: "bob" },
  search_noproject: { as: "bob" },
  search_outsider: { as: "carol" },
  search_404: { as: "bob" },
  resolver_us: { as: "bob" },
  resolver_ref: { as: "bob" },
  resolver_both: { as: "bob" },
  resolver_ms: { as: "bob" },
  resolver_missing_us: { as: "bob" },
  resolver_missing_ref: { as: "bob" },
  resolver_slugref: { as: "bob" },
  resolver_noproj: { as: "bob" },
  resolver_outsider: { as: "carol" },

  wh_trigger: { as: "bob", freshVersion: true },
  timeline_proj: { as: "bob", differs: otherEvents },
  timeline_proj_outsider: { as: "carol" },
  timeline_user: { as: "bob", differs: otherEvents },
  timeline_profile: { as: "bob", differs: otherEvents },
};
