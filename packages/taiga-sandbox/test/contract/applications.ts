import type { Api } from "../support/api.ts";
import type { Steps } from "./step.ts";

const APPLICATION = "11111111-2222-4333-8444-555555555555";

let usedFlow: object = {};
let revoked: Record<string, string> = {};

/** The code in the recording is masked: alice's as it is now, with the state it was asked with. */
const withCode =
  (changes: { state?: string | undefined } = {}) =>
  async (api: Api): Promise<object> => {
    const { body } = await api.call<{ auth_code: string }[]>("GET /application-tokens", {
      as: "alice",
    });
    usedFlow = { application: APPLICATION, auth_code: body[0]?.auth_code, state: "s1", ...changes };
    return usedFlow;
  };

/** Alice's token, traded for a code of its own. */
async function asApplication(api: Api): Promise<Record<string, string>> {
  const body = { application: APPLICATION, state: "own" };
  await api.call("POST /application-tokens/authorize", { as: "alice", body });
  const flow = await withCode({ state: "own" })(api);
  const answer = await api.call<{ token: string }>("POST /application-tokens/validate", {
    body: flow,
  });
  return { Authorization: `Application ${answer.body.token}` };
}

/** External applications, their codes and their tokens. */
export const applicationSteps: Steps = {
  apps_list: {},
  app_anon: {},
  app_get: { as: "alice" },
  app_token_anon: {},
  app_404: { as: "alice" },
  app_token_404: { as: "alice" },
  app_token_first: { as: "alice" },
  authorize_anon: {},
  authorize_404: { as: "alice" },
  authorize_missing: { as: "alice" },
  authorize: { as: "alice" },
  validate_wrongstate: { body: withCode({ state: "zz" }) },
  validate_nostate: { body: withCode({ state: undefined }) },
  validate: { body: withCode() },
  validate_again: { body: () => usedFlow },
  app_me: { headers: asApplication },
  app_token_second: { as: "alice" },
  validate2: { body: withCode({ state: "s2" }) },
  tokens_list: { as: "alice" },
  tokens_list_filter: { as: "alice" },
  tokens_list_anon: {},
  tokens_get: { as: "alice" },
  tokens_get_other: { as: "bob" },
  tokens_create: { as: "alice" },
  tokens_patch: { as: "alice" },
  tokens_delete_other: { as: "bob" },
  tokens_delete: {
    as: "alice",
    before: async (api) => {
      revoked = await asApplication(api);
    },
  },
  app_me_after_delete: { headers: async () => revoked },
  authorize3: { as: "alice" },
  validate3: { body: withCode() },
  validate_get: {},
};
