import { createSqliteKv } from "@taiga-mcp/store";
import { beforeAll, describe, expect, it } from "vitest";
import { createToolRunner, loadTools, TOOLSETS, type Caller } from "../../src/index.ts";
import { toCleanText } from "../../src/text/clean.ts";
import { createSandboxTransport } from "../support/sandbox-transport.ts";
import { createTaiga, type Taiga } from "../support/taiga.ts";
import { projectOf } from "../support/taiga-seed.ts";

/** Stands for any instruction that a user of Taiga writes for a model. */
const MARK = "ZOBEY";
/** Zero width, right-to-left override, tag letter, variation selector, line end, code fences. */
const HOSTILE = `${MARK}\u200b\u202e\u{e0041}\ufe01\u0007\u2028 \`\`\`\n\`${MARK}`;

const TEXTS = new Set([
  "name",
  "full_name",
  "subject",
  "description",
  "content",
  "comment",
  "blocked_note",
  "role_name",
  "extra",
]);

/** Adds the mark to every text that people write, wherever it is in Taiga's tables. */
function taint(value: unknown, key = ""): unknown {
  if (typeof value === "string") return TEXTS.has(key) ? `${value}${HOSTILE}` : value;
  if (typeof value !== "object" || value === null) return value;
  for (const [name, member] of Object.entries(value)) {
    const marked = taint(member, Array.isArray(value) ? key : name);
    if (marked !== member) Reflect.set(value, name, marked);
  }
  return value;
}

const tools = await loadTools();
const clock = () => 1_795_561_200;
const bob: Caller = { subject: "bob", access: "admin", projects: "all", requestId: "r-1" };

function open() {
  const taiga = createTaiga([projectOf("alpha-one"), projectOf(`${MARK.toLowerCase()}-two`)]);
  const tagged = { tags: [[`ui${HOSTILE}`, null]] };
  const story = taiga.add("userstory", { subject: "A", ...tagged, is_blocked: true, status: 1 });
  taiga.add("task", { subject: "T", user_story: story.id });
  taiga.add("issue", { subject: "I" });
  const epic = taiga.add("epic", { subject: "E" });
  taiga.link(epic, story);
  taiga.add("wiki", { slug: "home", content: "Welcome" });
  taiga.change(story, { subject: `B${HOSTILE}`, comment: `Hello${HOSTILE}` });
  for (const project of taiga.state.projects) {
    project.tags_colors = { ...project.tags_colors, [`ui${HOSTILE}`]: null };
  }
  taiga.setCustomFields(story, { 1: `red${HOSTILE}` }, 1);
  for (const table of Object.values(taiga.state)) taint(table);
  for (const user of taiga.state.users) if (user.username === "alice") user.username += HOSTILE;
  return { taiga, run: runnerOf(taiga) };
}

function runnerOf(taiga: Taiga) {
  const runner = createToolRunner<Caller>({
    tools,
    operator: { accessLimit: "admin", toolsets: TOOLSETS },
    connect: () => createSandboxTransport(taiga.sandbox, "bob"),
    store: createSqliteKv({ file: ":memory:", clock }),
    clock,
    confirmationKey: new Uint8Array(32),
    taigaWebUrl: "https://taiga.test",
    onCall: () => {},
    onUnfilteredList: () => {},
  });
  return (name: string, args: object) => runner.for(bob).run(name, args);
}

const project = "alpha-one";
const wrong = { status: "Nope", assigned_to: ["Nope"], sprint: "Nope", tags: ["ui"] };

/** Calls that succeed, and calls that name candidates or things that Taiga holds. */
const CALLS: Record<string, object[]> = {
  get_me: [{}],
  list_projects: [{}, { public: true, search: MARK }],
  get_project: [{ project }, {}, { project: "alpha" }, { project: MARK }, { project: "zobey-tw" }],
  find_items: [
    { project },
    { assigned_to: ["me"] },
    { project, text: "A", kinds: ["wiki", "story"] },
    { project, status: ["Nope"] },
    { project, status: ["New", "In"] },
    { project, owner: ["al"], sprint: "Spr" },
    { project, sprint: "current" },
    { project, swimlane: ["fast"], tags: [`ui${MARK}`] },
    { project, custom_fields: { Custom: "x" } },
    { project, epic: ["#99"] },
  ],
  get_items: [
    {
      project,
      refs: ["#1", "#2", "#3", "#4", "wiki:home"],
      include: ["description", "comments", "history", "attachments", "custom_fields", "children"],
    },
    { project, refs: ["#99", "wiki:none", "sprint:Sprint 1", "what?"] },
    { refs: ["#1"] },
  ],
  list_sprints: [{ project, closed: true }, { project: "zobey-two" }],
  get_sprint: [{ project }, { project, sprint: "Sprint" }, { project, sprint: "next" }],
  get_activity: [{ project }, { person: "me" }, { project, person: "alic" }],
  create_items: [
    { project, items: [{ kind: "story", subject: "New", ...wrong }] },
    { project, items: [{ kind: "story", subject: "New", points: { Bac: "3", Back: "4" } }] },
    { project, items: [{ kind: "story", subject: "New", tags: ["ui"] }], dry_run: true },
    { project, items: [{ kind: "issue", subject: "New", type: "Bu" }] },
    { project, items: [{ kind: "task", subject: "New", parent: "#3" }] },
  ],
  update_items: [
    { project, items: [{ ref: "#1", ...wrong }] },
    { project, items: [{ ref: "#1", subject: "Mine", version: "1" }] },
    { project, items: [{ ref: "#1", subject: "Mine", comment: "Now" }], dry_run: true },
    { project, items: [{ ref: "#1", subject: "Mine", epic: ["#4"] }] },
    { project, items: [{ ref: "#1", custom_fields: { Cust: "x" } }, { ref: "#98" }] },
  ],
  add_comment: [
    { project, refs: ["#1", "wiki:home"], comment: "Hello @alice" },
    { project, refs: ["#1"], comment: "Hello", dry_run: true },
    { project, refs: ["#97", "wiki:none"], comment: "Hello" },
  ],
  save_sprint: [
    { project, sprint: "Sprint", start: "2026-12-01" },
    { project, sprint: "current", new_name: "Renamed" },
    { project, sprint: "Fresh", start: "2027-01-01", finish: "2027-01-10", dry_run: true },
  ],
  edit_comment: [
    { project, ref: "#1", comment: "last", new_text: "Mine", dry_run: true },
    { project, ref: "#1", comment: "nope", new_text: "Mine" },
    { project, ref: "#1", comment: "last", new_text: "Mine" },
  ],
  restore_comment: [{ project, ref: "#1", comment: "last" }],
  delete_comment: [{ project, ref: "#1", comment: "last" }],
  list_comment_versions: [{ project, ref: "#1", comment: "last" }],
  set_watching: [
    { project, refs: ["#1", "wiki:home"] },
    { project, refs: ["#95"] },
  ],
  set_vote: [
    { project, refs: ["#1"] },
    { project, refs: ["wiki:home"] },
  ],
  set_like: [{ projects: ["alpha-one"] }, { projects: [MARK] }],
  list_followers: [{ project, refs: ["#1", "wiki:home"] }, { project }],
  list_wiki_links: [{ project }],
  save_wiki_link: [
    { project, title: "Fresh", dry_run: true },
    { project, title: "Fresh" },
  ],
  save_wiki_page: [
    { project, page: "home", content: "x" },
    { project, page: `${MARK}?`, content: "x" },
    { project, page: "fresh", content: "x", dry_run: true },
  ],
  delete_wiki_link: [{ project, titles: ["Nope"] }],
  list_notifications: [{}, { unread: true }],
  set_notifications_read: [{}, { refs: [`x#${MARK}`] }],
  set_notification_level: [{ projects: ["alpha-one"], mail: "none" }, { projects: [MARK] }],
  echo: [{ message: HOSTILE }],
  get_time: [{}],
  get_status: [{}],
  delete_items: [
    { project, refs: ["#1", "#4", "wiki:home"] },
    { project, refs: ["sprint:current", "#1"] },
    { project, refs: ["sprint:Spr", "#96"] },
    { project, refs: ["#2"], confirm: "nonsense~1.0" },
  ],
};

const FAILURES = {
  nothing: undefined,
  "words of Taiga's": { status: 400, body: { _error_message: `No: ${HOSTILE}` } },
  "fields of Taiga's": { status: 400, body: { subject: [`No: ${HOSTILE}`], [HOSTILE]: ["No"] } },
  "a refusal": { status: 403, body: { _error_message: HOSTILE } },
  "a missing object": { status: 404, body: { _error_message: HOSTILE } },
  "a conflict": { status: 400, body: { version: HOSTILE } },
  "a throttle": { status: 429, body: { detail: HOSTILE } },
  "a breakdown": { status: 500, body: { _error_message: HOSTILE } },
};

/** What a model reads as ours: the text without fenced blocks and code spans. */
const outside = (text: string): string =>
  text
    .replaceAll(/^(`{3,})taiga-data\n[^]*?\n\1$/gm, "")
    .replaceAll(/(?<!`)(`+)(?!`)[^\n]*?(?<!`)\1(?!`)/g, "");

function expectClean(answer: { text: string }) {
  expect(outside(answer.text)).not.toMatch(new RegExp(MARK, "i"));
  const all = [answer.text, JSON.stringify(answer)];
  for (const text of all) expect(toCleanText(text)).toBe(text);
  expect(JSON.stringify(answer)).not.toMatch(/[\p{Cf}\u{e0000}-\u{e0fff}]/u);
}

describe("texts of Taiga's users", () => {
  // @rule MCP-SECURITY-17
  it("are tried with every tool there is", () => {
    expect(Object.keys(CALLS).toSorted()).toEqual(
      tools.map((tool) => tool.definition.name).toSorted(),
    );
  });

  const attempts = Object.entries(CALLS).flatMap(([name, inputs]) =>
    inputs.map((input) => [name, JSON.stringify(input), input] as const),
  );

  describe.each(Object.entries(FAILURES))("when Taiga answers with %s", (_title, failure) => {
    // Reads of the project itself succeed, so that later requests fail, too.
    const isMetadata = /^GET \/(users\/me|projects)/;

    // @rule MCP-SECURITY-18
    it.each(attempts)("stay in the fence in the answer of %s to %s", async (name, _text, input) => {
      const { taiga, run } = open();
      if (failure !== undefined) {
        taiga.before((request) => (isMetadata.test(request) ? undefined : failure));
        expectClean(await run(name, input));
        taiga.before((request) => (request.startsWith("GET ") ? undefined : failure));
      }
      expectClean(await run(name, input));
    });
  });
});

describe("a name that was shown", () => {
  let answer: { run: ReturnType<typeof runnerOf>; taiga: Taiga };
  beforeAll(() => {
    answer = open();
  });

  // @rule MCP-SECURITY-19
  it("finds what it belongs to, though Taiga's own has characters that cannot be seen", async () => {
    const { run, taiga } = answer;
    const status = toCleanText(taiga.state.storyStatuses[0]!.name).replaceAll(/\s+/g, " ");
    const found = await run("find_items", { project, status: [status] });
    expect(found.text).toMatch(/^1 found/);
  });
});
