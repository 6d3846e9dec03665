import type { Api } from "../support/api.ts";
import { LEFT_OUT } from "./left-out.ts";
import type { Case } from "./recordings.ts";

/** Recordings that build on each other, and begin with the seed `capture`. */
export interface Area {
  title: string;
  names: RegExp;
  /** What happened at first through requests that were not recorded. */
  before?: (api: Api) => Promise<void>;
  /** What happened just before a case through requests that were not recorded. */
  steps?: Record<string, (api: Api) => Promise<void>>;
}

/** Requests that are not replayed in any area, with the reason. */
const ROUTES_LEFT_OUT: readonly [pattern: RegExp, reason: string][] = [
  [/^PUT /, "PATCH does it without resetting the fields that are left out"],
  [/^POST \/(users|notify-policies|user-project-settings)$/, "Taiga makes these rows itself"],
  [/^DELETE \/users\//, "accounts are ended on Taiga's own pages"],
  [
    /\/users\/(cancel|change_|remove_|export|send_)/,
    "passwords, addresses and pictures belong to Taiga's own pages",
  ],
  [/\/(fans|watchers|voters)\/\d+$/, "the list of followers has the same rows"],
  [/\/project-templates|create_template/, "only for administrators of the server"],
];

/** Why a case is not replayed; undefined if it is. */
export const reasonToLeave = ({ name, request }: Case): string | undefined =>
  LEFT_OUT[name] ?? ROUTES_LEFT_OUT.find(([pattern]) => pattern.test(request))?.[1];

const call = async (api: Api, request: string, as: string, body: object): Promise<void> => {
  const { status } = await api.call(request, { as, body });
  if (status >= 300) throw new Error(`${request} is ${status}.`);
};

const story = (api: Api, fields: object) =>
  call(api, "POST /userstories", "bob", { project: 1, subject: "s", ...fields });

const tagged = async (api: Api): Promise<void> => {
  await story(api, { tags: ["plain", ["red", "#ff0000"], "noc"] });
  await story(api, { tags: ["second"] });
};

const withSprints = async (api: Api): Promise<void> => {
  const days = { estimated_start: "2026-11-23", estimated_finish: "2026-12-06" };
  await call(api, "POST /milestones", "alice", { project: 1, name: "Sprint 1", ...days });
  await call(api, "POST /milestones", "alice", { project: 1, name: "Sprint 2", ...days });
};

async function withBoards(api: Api): Promise<void> {
  await withSprints(api);
  for (const name of ["Lane 1", "Lane 2"]) {
    await call(api, "POST /swimlanes", "alice", { project: 2, name });
  }
  for (const project of [1, 2]) {
    for (let left = 5; left > 0; left -= 1) await story(api, { project });
  }
}

async function withOneOfEach(api: Api): Promise<void> {
  await call(api, "POST /epics", "bob", { project: 1, subject: "e" });
  await story(api, {});
  await call(api, "POST /tasks", "bob", { project: 1, subject: "t" });
  await call(api, "POST /issues", "bob", { project: 1, subject: "i" });
  await call(api, "POST /wiki", "bob", { project: 1, slug: "home", content: "c" });
}

async function withFields(api: Api): Promise<void> {
  const types = ["text", "multiline", "richtext", "date", "url", "dropdown", "checkbox", "number"];
  for (const type of types) {
    const body = { project: 1, name: `${type} field`, type, extra: ["One", "Two"] };
    await call(api, "POST /userstory-custom-attributes", "alice", body);
  }
  for (let left = 6; left > 0; left -= 1) await story(api, {});
}

export const AREAS: readonly Area[] = [
  {
    title: "members",
    names: /^mem_/,
  },
  { title: "roles", names: /^role_/ },
  {
    title: "value lists",
    names:
      /^(epic_statuses|userstory_statuses|task_statuses|issue_statuses|points|priorities|severities|issue_types)_/,
  },
  { title: "due dates", names: /_due_dates_/ },
  {
    title: "swimlanes",
    names: /^(sw|swus)_/,
    before: async (api) => {
      for (const subject of ["k0", "k1", "k2"]) {
        await call(api, "POST /userstories", "bob", { project: 2, subject });
      }
    },
  },
  { title: "custom fields", names: /^ca_/ },
  {
    title: "projects",
    names: /^(proj|logo|modules|tr)_/,
    before: (api) =>
      call(api, "POST /memberships", "alice", {
        project: 1,
        role: 1,
        username: "erik@example.com",
      }),
    steps: {
      proj_patch_modules_padmin__padmin: async (api) => {
        for (const [name, is_admin] of [
          ["bob", false],
          ["dora", true],
        ] as const) {
          await call(api, "POST /memberships", "alice", {
            project: 3,
            role: 18,
            username: `${name}@example.com`,
            is_admin,
          });
        }
      },
    },
  },
  { title: "duplicates", names: /^dup_/ },
  { title: "tags", names: /^tag_/, before: tagged },
  { title: "wiki links", names: /^wl_/ },
  { title: "wiki pages", names: /^wk_/ },
  { title: "settings of users", names: /^(np|ups|stor|contact)_/ },
  {
    title: "users",
    names: /^user_/,
  },
  { title: "sprints", names: /^ms_/, before: withSprints },
  { title: "boards", names: /^(bo|ko|um)_/, before: withBoards },
  { title: "votes and watchers", names: /^so_/, before: withOneOfEach },
  { title: "attachments", names: /^att_/, before: withOneOfEach },
  { title: "custom values", names: /^cav_userstory/, before: withFields },
];
