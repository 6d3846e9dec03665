import { createTaigaClient, type TaigaClient } from "@taiga-mcp/taiga-client";
import {
  type ActingUser,
  createSandbox,
  type Failure,
  type ProjectSeed,
  type RelatedStory,
  type Sandbox,
  type State,
} from "@taiga-mcp/taiga-sandbox";
import { createSandboxTransport } from "./sandbox-transport.ts";
import { projectOf, seedOf } from "./taiga-seed.ts";

/** 2026-11-20, in the middle of Sprint 2. Epoch seconds. */
export const NOW = Date.parse("2026-11-20T12:00:00Z") / 1000;

/** What a role that lacks a permission is answered. */
export const FORBIDDEN: Failure = {
  status: 403,
  body: {
    _error_message: "You do not have permission to perform this action.",
    _error_type: "taiga.base.exceptions.PermissionDenied",
  },
};
/** What a wrong field is answered. */
export const INVALID: Failure = { status: 400, body: { subject: ["bad luck"] } };

const TABLES = {
  userstory: "userstories",
  task: "tasks",
  issue: "issues",
  epic: "epics",
  wiki: "wikiPages",
} as const;
type Kind = keyof typeof TABLES;

type Row = { id: number; version: number };

/** Taiga in the process of a test, with what tests do to it. */
export interface Taiga {
  sandbox: Sandbox;
  /** The tables. Deletions replace lists, so look them up here each time. */
  state: State;
  clock: { now: number };
  /** Taiga as bob, who uses the tools. */
  client: TaigaClient;
  connect(username: string, signal?: AbortSignal): TaigaClient;
  /** Alice adds an item or a wiki page, on 1 November and a second after the one before. */
  add: ActingUser["add"];
  /** Alice changes an item or a wiki page, or comments on it. */
  change(row: Row, fields: Record<string, unknown>): void;
  /** Alice deletes an item or a wiki page. */
  remove(row: Row): void;
  /** Alice puts stories into an epic. */
  link(epic: Row, ...stories: Row[]): void;
  /** Which stories are in which epic, in the order in which they were put there. */
  links(): Pick<RelatedStory, "epic" | "user_story">[];
  /** Gives a story custom fields, by id. */
  setCustomFields(story: Row, attributes_values: Record<string, unknown>, version: number): void;
  /** The custom fields of a story, by id. */
  customFields(story: Row): Record<string, unknown> | undefined;
  /** The comments on something, the latest first. */
  comments(row: Row): string[];
  /** The requests since they were last forgotten, without alice's: `PATCH /userstories/101`. */
  asked(): string[];
  /** The queries of the requests to a path, such as `/userstories`. */
  queries(path: string): Record<string, string>[];
  forgetRequests(): void;
  /** Back to the start; much faster than another Taiga. */
  reset(): void;
  /**
   * Steps in before each request, which fails as `hook` says.
   *
   * @param hook undefined for no longer.
   */
  before(hook: ((request: string) => Failure | undefined) | undefined): void;
}

export function createTaiga(projects: ProjectSeed[] = [projectOf("alpha-one")]): Taiga {
  const clock = { now: NOW };
  const sandbox = createSandbox({
    clock: () => new Date(clock.now * 1000),
    secret: "a secret of the tests, long enough",
    seed: seedOf(projects),
  });
  const { state, control } = sandbox;
  let added = 0;
  const begin = () => {
    // Tests that let weeks pass are not about tokens.
    control.tokenLifetimes.accessSeconds = 365 * 24 * 60 * 60;
    // Taiga closes a sprint with its last item; a seed has no other way.
    for (const sprint of state.milestones) sprint.closed = sprint.name === "Sprint 1";
    added = 0;
  };
  begin();

  const kindOf = (row: Row): Kind => {
    const found = Object.entries(TABLES).find(([, table]) =>
      (state[table] as Row[]).some((one) => one === row),
    );
    if (found === undefined) throw new Error("This is no row of Taiga's.");
    return found[0] as Kind;
  };
  const toText = (request: { method: string; path: string }): string =>
    `${request.method} ${request.path.replace("/api/v1", "")}`;
  const connect = (username: string, signal?: AbortSignal) =>
    createTaigaClient(createSandboxTransport(sandbox, username), undefined, { signal });

  return {
    sandbox,
    state,
    clock,
    client: connect("bob"),
    connect,
    add(kind, fields = {}) {
      added += 1;
      const at = new Date(Date.UTC(2026, 10, 1, 0, 0, added)).toISOString().replace(".000Z", "Z");
      return sandbox.as("alice").add(kind, { created_date: at, modified_date: at, ...fields });
    },
    change: (row, fields) => sandbox.as("alice").change(kindOf(row), row.id, fields),
    remove: (row) => sandbox.as("alice").remove(kindOf(row), row.id),
    link(epic, ...stories) {
      for (const story of stories) sandbox.as("alice").link(epic.id, story.id);
    },
    links: () => state.relatedStories.map(({ epic, user_story }) => ({ epic, user_story })),
    setCustomFields({ id: object }, attributes_values, version) {
      state.customAttributeValues.push({ kind: "userstory", object, attributes_values, version });
    },
    customFields: ({ id }) =>
      state.customAttributeValues.find(({ object }) => object === id)?.attributes_values,
    comments: (row) =>
      state.history
        .filter(({ kind, object, type }) => type === 1 && object === row.id && kind === kindOf(row))
        .map(({ comment }) => comment)
        .toReversed(),
    // A request that was made to fail has no user.
    asked: () => control.requests.filter(({ user }) => user !== "alice").map(toText),
    queries: (path) =>
      control.requests
        .filter((request) => request.path === `/api/v1${path}`)
        .map(({ query }) => Object.fromEntries(new URLSearchParams(query))),
    forgetRequests: () => control.clearRequests(),
    reset() {
      clock.now = NOW;
      sandbox.reset();
      begin();
    },
    before(hook) {
      control.before = hook && ((request) => hook(toText(request)));
    },
  };
}
