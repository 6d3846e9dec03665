import type { Api } from "../support/api.ts";
import type { Steps } from "./step.ts";

const bearer = (value: string) => ({ Authorization: `Bearer ${value}` });

const refreshOfAdmin = async (api: Api) => ({ refresh: (await api.login("admin")).refresh });

/** Logging in, refreshing, and requests without a good token. */
export const loginSteps: Steps = {
  auth_bad_type: {},
  auth_missing_type: {},
  auth_missing_fields: {},
  auth_blank_pw: {},
  auth_wrong: {},
  auth_unknown: {},
  auth_badjson: { body: () => "{bad", headers: { "Content-Type": "application/json" } },
  auth_badctype: { body: () => "x", headers: { "Content-Type": "text/plain" } },
  auth_ok: { body: () => ({ type: "normal", username: "admin", password: "admin-password" }) },
  auth_email: {
    body: () => ({ type: "NORMAL", username: "ADMIN@admin.com", password: "admin-password" }),
  },
  refresh_ok: { body: refreshOfAdmin },
  refresh_reuse: { body: refreshOfAdmin },
  refresh_missing: {},
  refresh_garbage: {},
  refresh_with_access: {
    body: async (api) => ({ refresh: (await api.login("admin")).auth_token }),
  },
  me_with_refresh_as_bearer: {
    headers: async (api) => bearer((await api.login("alice")).refresh),
  },
  me_garbage: { headers: bearer("garbage") },
  me_twoparts: { headers: bearer("one two") },
  me_lowercase: {
    headers: async (api) => ({ Authorization: `bearer ${(await api.login("alice")).auth_token}` }),
  },
  me_anon: {},
  me_ok: { as: "admin" },
  options: { as: "admin" },
  nf_url: {},
  nf_slash: {},
  put_auth: {},
  app_me_bad: { headers: { Authorization: "Application nonsense" } },
  app_lower: { headers: { Authorization: "application nonsense" } },
  bad_bearer_public: { headers: bearer("garbage") },
};
