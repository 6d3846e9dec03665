import {
  type Epic,
  type HistoryEntry,
  type Issue,
  type Me,
  type Milestone,
  type MilestoneStats,
  type Page,
  type ProjectDetail,
  type ProjectRow,
  type TaigaClient,
  TaigaError,
  type Task,
  type TimelineEntry,
  type UserStory,
  type WikiPage,
} from "@taiga-mcp/taiga-client";

type AnyItem = (UserStory | Task | Issue | Epic) & Record<string, unknown>;
type Kind = "userstory" | "task" | "issue" | "epic";
const KINDS = ["userstory", "task", "issue", "epic"] as const;
type Filter = Record<string, unknown>;

const choice = (id: number, name: string) => ({ id, name, order: id });
const status = (id: number, name: string, is_closed = false) => ({
  ...choice(id, name),
  slug: name.toLowerCase(),
  color: "",
  is_closed,
});
const withColor = <Value extends object>(value: Value) => ({ ...value, color: "" });
const person = (id: number, username: string, full_name: string, role: number) => ({
  id,
  username,
  full_name,
  full_name_display: full_name,
  role,
  role_name: role === 1 ? "Back" : "Stakeholder",
  is_active: true,
});

const ALL_PERMISSIONS = [
  ...["us", "task", "issue", "epic", "wiki_page", "milestone"].flatMap((noun) =>
    ["add", "modify", "comment", "delete"].map((verb) => `${verb}_${noun}`),
  ),
  ...["us", "tasks", "issues", "epics", "wiki_pages", "milestones"].map((noun) => `view_${noun}`),
];

export const ME: Me = {
  ...person(7, "bob", "Bob Baker", 1),
  email: "bob@taiga.test",
  roles: ["Back"],
  photo: null,
  lang: "",
  timezone: "",
  verified_email: true,
};

/** A scrum project with the usual choices. */
export const projectOf = (
  id: number,
  slug: string,
  more: Partial<ProjectDetail> = {},
): ProjectDetail => ({
  id,
  slug,
  name: slug.replace("-", " "),
  description: "",
  is_private: true,
  blocked_code: null,
  archived_code: null,
  owner: null,
  created_date: "2026-01-01T00:00:00Z",
  modified_date: "2026-01-01T00:00:00Z",
  is_epics_activated: true,
  is_backlog_activated: true,
  is_kanban_activated: false,
  is_issues_activated: true,
  is_wiki_activated: false,
  total_milestones: null,
  total_story_points: null,
  tags: [],
  tags_colors: { ui: null },
  my_permissions: ALL_PERMISSIONS,
  i_am_owner: false,
  i_am_admin: false,
  i_am_member: true,
  is_watcher: false,
  is_fan: false,
  members: [
    person(6, "alice", "Alice Archer", 1),
    person(7, "bob", "Bob Baker", 1),
    person(9, "stan", "Stan Smith", 3),
  ],
  roles: [
    { ...choice(1, "Back"), slug: "back", computable: true, permissions: [] },
    { ...choice(2, "Front"), slug: "front", computable: true, permissions: [] },
    { ...choice(3, "Stakeholder"), slug: "stakeholder", computable: false, permissions: [] },
  ],
  epic_statuses: [status(31, "New"), status(32, "Done", true)],
  us_statuses: ["New", "In progress", "Done"].map((name, index) => ({
    ...status(index + 1, name, name === "Done"),
    is_archived: false,
    wip_limit: null,
  })),
  task_statuses: [status(11, "New"), status(12, "Closed", true)],
  issue_statuses: [status(21, "New"), status(22, "Closed", true)],
  points: [
    { ...choice(1, "?"), value: null },
    { ...choice(2, "3"), value: 3 },
    { ...choice(3, "5"), value: 5 },
  ],
  issue_types: [choice(1, "Bug"), choice(2, "Question")].map(withColor),
  priorities: [choice(1, "Low"), choice(2, "High")].map(withColor),
  severities: [choice(1, "Minor"), choice(2, "Critical")].map(withColor),
  swimlanes: [choice(1, "Fast lane")],
  milestones: [
    { id: 1, name: "Sprint 1", slug: "sprint-1", closed: true },
    { id: 2, name: "Sprint 2", slug: "sprint-2", closed: false },
    { id: 3, name: "Sprint 3", slug: "sprint-3", closed: false },
  ],
  epic_custom_attributes: [],
  userstory_custom_attributes: [
    { ...choice(1, "Customer"), description: "", type: "text", extra: null },
    { ...choice(2, "Severity"), description: "", type: "dropdown", extra: ["low", "high"] },
  ],
  task_custom_attributes: [],
  issue_custom_attributes: [],
  default_epic_status: null,
  default_us_status: 1,
  default_task_status: 11,
  default_issue_status: null,
  default_points: 1,
  default_issue_type: null,
  default_priority: null,
  default_severity: null,
  default_swimlane: null,
  ...more,
});

export const sprint = (id: number, name: string, start: string, finish: string): Milestone => ({
  id,
  name,
  slug: name.toLowerCase(),
  project: 1,
  estimated_start: start,
  estimated_finish: finish,
  closed: false,
  order: null,
  total_points: null,
  closed_points: null,
  created_date: "",
  modified_date: "",
  user_stories: [],
});

/** 2026-11-20, in the middle of Sprint 2. */
export const NOW = Date.parse("2026-11-20T12:00:00Z") / 1000;

export interface TaigaDouble {
  client: TaigaClient;
  /** What was asked, such as `userStories.update`, in order. */
  calls: string[];
  /** Filters of list requests. */
  filters: Filter[];
  projects: ProjectDetail[];
  sprints: Milestone[];
  items: { [One in Kind]: AnyItem[] };
  /** Which stories are in which epic. */
  links: { epic: number; user_story: number }[];
  pages: WikiPage[];
  timeline: TimelineEntry[];
  stats: MilestoneStats;
  history: Map<string, HistoryEntry[]>;
  custom: Map<string, { attributes_values: Record<string, unknown>; version: number }>;
  /** Adds an item; the next free ref and id unless given. */
  add(kind: Kind, values?: Record<string, unknown>): AnyItem;
  addPage(slug: string, content?: string): WikiPage;
  /** Shows the links on the stories, as Taiga does. */
  relink(): void;
  /** Somebody else changes an item, in their own words. */
  change(item: AnyItem, changes: Record<string, unknown>, by?: string): void;
  /** Called before each request; may throw or change things. */
  before: (call: string) => void | Promise<void>;
}

/** Taiga in memory, as far as the tools need it: filters by equality, versions, history. */
export function createTaigaDouble(projects = [projectOf(1, "alpha-one")]): TaigaDouble {
  let nextRef = 1;
  let nextId = 100;
  const double: TaigaDouble = {
    client: undefined as unknown as TaigaClient,
    calls: [],
    filters: [],
    projects,
    sprints: [
      sprint(2, "Sprint 2", "2026-11-16", "2026-11-27"),
      sprint(3, "Sprint 3", "2026-11-30", "2026-12-11"),
    ],
    items: { userstory: [], task: [], issue: [], epic: [] },
    links: [],
    pages: [],
    timeline: [],
    stats: {
      name: "",
      estimated_start: "",
      estimated_finish: "",
      total_points: {},
      completed_points: [],
      total_userstories: 0,
      completed_userstories: 0,
      total_tasks: 4,
      completed_tasks: 1,
      iocaine_doses: 0,
      days: [],
    },
    history: new Map(),
    custom: new Map(),
    before: () => {},
    add(kind, values = {}) {
      const id = nextId++;
      const item = newItem(kind, id, nextRef++, projects, values);
      double.items[kind].push(item);
      return item;
    },
    addPage(slug, content = "") {
      const page: WikiPage = {
        id: nextId++,
        project: 1,
        slug,
        content,
        version: 1,
        owner: 6,
        last_modifier: 6,
        project_extra_info: { id: 1, name: "alpha one", slug: "alpha-one" },
        editions: 1,
        created_date: "2026-11-01T00:00:00Z",
        modified_date: "2026-11-02T00:00:00Z",
        is_watcher: false,
        total_watchers: 0,
      };
      double.pages.push(page);
      return page;
    },
    relink() {
      for (const story of double.items.userstory) {
        const mine = double.links.filter((link) => link.user_story === story.id);
        story["epics"] = mine.map(({ epic }) => {
          const { id, ref, subject } = double.items.epic.find((one) => one.id === epic)!;
          return { id, ref, subject, color: null };
        });
      }
    },
    change(item, changes, by = "alice") {
      apply(double, item, changes, by);
    },
  };

  const called = async <Result>(call: string, answer: () => Result): Promise<Result> => {
    double.calls.push(call);
    await double.before(call);
    return structuredClone(answer());
  };
  const missing = () => new TaigaError("not_found", "No such object.", { status: 404 });
  const forbidden = () => new TaigaError("permission_denied", "You may not.", { status: 403 });
  const pageOf = <Row>(rows: Row[], { page = 1, pageSize = 30 } = {}): Page<Row> => ({
    items: rows.slice((page - 1) * pageSize, page * pageSize),
    total: rows.length,
    page,
    pageSize,
    hasNext: page * pageSize < rows.length,
  });
  const milestone = (id: number) => {
    const found = double.sprints.find((one) => one.id === id);
    if (found === undefined) throw forbidden();
    return found;
  };
  const project = (test: (one: ProjectDetail) => boolean) => {
    const found = projects.find(test);
    if (found === undefined) throw missing();
    return found;
  };

  const resource = (kind: Kind, name: string) => {
    const items = double.items[kind];
    const byId = (id: number) => items.find((item) => item.id === id)!;
    const rows = (filter: Filter) => {
      const { epic, ...others } = filter;
      const inEpic = (item: AnyItem) =>
        epic === undefined ||
        double.links.some(
          (link) => link.user_story === item.id && toList(epic).includes(link.epic),
        );
      const found = items.filter((item) => inEpic(item) && matches(item, others));
      const order = toText(filter["order_by"] ?? "id");
      const key = order.replace("-", "");
      const sign = order.startsWith("-") ? -1 : 1;
      return found.toSorted((a, b) => (String(a[key]) < String(b[key]) ? -sign : sign));
    };
    return {
      list: (filter: Filter, { page = 1, pageSize = 30 } = {}): Promise<Page<AnyItem>> => {
        double.filters.push({ ...filter, pageSize });
        return called(`${name}.list`, () => {
          const all = rows(filter);
          const part = all.slice((page - 1) * pageSize, page * pageSize);
          const hasNext = page * pageSize < all.length;
          return { items: part, total: all.length, page, pageSize, hasNext };
        });
      },
      getById: (id: number) =>
        called(`${name}.getById`, () => {
          const found = items.find((item) => item.id === id);
          if (found === undefined) throw missing();
          return found;
        }),
      delete: (id: number) =>
        called(`${name}.delete`, () => {
          if (!items.some((item) => item.id === id)) throw forbidden();
          items.splice(0, items.length, ...items.filter((item) => item.id !== id));
          if (kind !== "userstory") return;
          // Its tasks go too.
          const { task } = double.items;
          task.splice(0, task.length, ...task.filter((one) => one["user_story"] !== id));
        }),
      getByRef: (key: { projectId: number }, ref: number) =>
        called(`${name}.getByRef`, () => {
          const found = items.find((item) => item.ref === ref && item.project === key.projectId);
          if (found === undefined) throw missing();
          return found;
        }),
      create: (values: Record<string, unknown>) =>
        called(`${name}.create`, () => double.add(kind, values)),
      update: (
        id: number,
        { version, ...changes }: Record<string, unknown> & { version: number },
      ) =>
        called(`${name}.update`, () => {
          const item = byId(id);
          verifyVersion(double, item, Object.keys(changes), version);
          apply(double, item, changes, "bob");
          return item;
        }),
      bulkCreate: (bulk: {
        projectId: number;
        subjects: string[];
        statusId?: number;
        milestoneId?: number;
        userStoryId?: number;
      }) =>
        called(`${name}.bulkCreate`, () =>
          bulk.subjects.map((subject) =>
            double.add(kind, {
              project: bulk.projectId,
              subject,
              ...(bulk.statusId !== undefined && { status: bulk.statusId }),
              milestone: bulk.milestoneId ?? null,
              user_story: bulk.userStoryId ?? null,
            }),
          ),
        ),
    };
  };

  const customOf = (id: number) =>
    double.custom.get(String(id)) ?? { attributes_values: {}, version: 1 };
  double.client = {
    users: { me: () => called("users.me", () => ME) },
    projects: {
      list: () =>
        called("projects.list", () =>
          projects.map(
            (one) => ({ ...one, members: one.members.map(({ id }) => id) }) as ProjectRow,
          ),
        ),
      getById: (id: number) => called("projects.getById", () => project((one) => one.id === id)),
      getBySlug: (slug: string) =>
        called("projects.getBySlug", () => project((one) => one.slug === slug)),
    },
    userStories: resource("userstory", "userStories"),
    tasks: resource("task", "tasks"),
    issues: resource("issue", "issues"),
    epics: {
      ...resource("epic", "epics"),
      listStories: (epic: number) =>
        called("epics.listStories", () => double.links.filter((link) => link.epic === epic)),
      addStory: (epic: number, user_story: number) =>
        called("epics.addStory", () => {
          if (double.links.some((one) => one.epic === epic && one.user_story === user_story)) {
            throw new TaigaError("validation_failed", "already exists", { status: 400 });
          }
          double.links.push({ epic, user_story });
          double.relink();
          return { epic, user_story, order: 1 };
        }),
      removeStory: (epic: number, user_story: number) =>
        called("epics.removeStory", () => {
          double.links = double.links.filter(
            (one) => one.epic !== epic || one.user_story !== user_story,
          );
          double.relink();
        }),
    },
    milestones: {
      list: () => called("milestones.list", () => double.sprints),
      getById: (id: number) => called("milestones.getById", () => milestone(id)),
      stats: () => called("milestones.stats", () => double.stats),
      create: (values: Milestone) =>
        called("milestones.create", () => {
          const made = sprint(
            nextId++,
            values.name,
            values.estimated_start,
            values.estimated_finish,
          );
          double.sprints.push(made);
          const { name, slug, id } = made;
          double.projects[0]!.milestones.push({ name, slug, id, closed: false });
          return made;
        }),
      update: (id: number, changes: Partial<Milestone>) =>
        called("milestones.update", () => Object.assign(milestone(id), changes)),
      delete: (id: number) =>
        called("milestones.delete", () => {
          milestone(id);
          double.sprints = double.sprints.filter((one) => one.id !== id);
        }),
    },
    wikiPages: {
      list: (_filter: Filter, page: object) =>
        called("wikiPages.list", () => pageOf(double.pages, page)),
      getBySlug: (projectId: number, slug: string) =>
        called("wikiPages.getBySlug", () => {
          const found = double.pages.find((one) => one.slug === slug && one.project === projectId);
          if (found === undefined) throw missing();
          return found;
        }),
      update: (id: number, _changes: object) =>
        called("wikiPages.update", () => {
          const page = double.pages.find((one) => one.id === id)!;
          page.version += 1;
          return page;
        }),
      delete: (id: number) =>
        called("wikiPages.delete", () => {
          double.pages = double.pages.filter((one) => one.id !== id);
        }),
    },
    timeline: {
      project: (_id: number, page: object) =>
        called("timeline.project", () => pageOf(double.timeline, page)),
      user: (_id: number, page: object) =>
        called("timeline.user", () => pageOf(double.timeline, page)),
    },
    search: ({ text }: { text: string }) =>
      called("search", () => ({
        count: 0,
        epics: [],
        userstories: [],
        tasks: [],
        issues: [],
        wikipages: double.pages.filter(({ content }) => content.includes(text)),
      })),
    history: {
      list: (_kind: Kind, id: number) =>
        called("history.list", () => double.history.get(String(id)) ?? []),
    },
    attachments: { list: () => called("attachments.list", () => []) },
    customAttributeValues: {
      get: (_kind: Kind, id: number) => called("custom.get", () => customOf(id)),
      update: (_kind: Kind, id: number, values: { attributes_values: Record<string, unknown> }) =>
        called("custom.update", () => {
          const version = customOf(id).version + 1;
          double.custom.set(String(id), { attributes_values: values.attributes_values, version });
          return { ...values, version };
        }),
    },
    resolver: {
      resolve: ({ ref }: { ref: number }) =>
        called("resolver.resolve", () => {
          const kind = KINDS.find((each) => double.items[each].some((item) => item.ref === ref));
          return kind && { kind, id: double.items[kind].find((item) => item.ref === ref)!.id };
        }),
    },
  } as unknown as TaigaClient;
  return double;
}

function newItem(
  kind: Kind,
  id: number,
  ref: number,
  projects: ProjectDetail[],
  values: Record<string, unknown>,
): AnyItem {
  const home = projects.find((one) => one.id === (values["project"] ?? 1))!;
  const at = new Date(Date.UTC(2026, 10, 1, 0, 0, ref)).toISOString();
  const base = {
    id,
    ref,
    version: 1,
    subject: `Subject ${ref}`,
    description: "",
    project: home.id,
    project_extra_info: { id: home.id, name: home.name, slug: home.slug },
    status: { userstory: 1, task: 11, issue: 21, epic: 31 }[kind],
    owner: 6,
    owner_extra_info: { id: 6, username: "alice", full_name_display: "Alice", is_active: true },
    assigned_to: null,
    milestone: null,
    milestone_slug: null,
    tags: [],
    is_closed: false,
    is_blocked: false,
    blocked_note: "",
    due_date: null,
    due_date_reason: "",
    due_date_status: null,
    created_date: at,
    modified_date: at,
    watchers: [],
    is_watcher: false,
    total_watchers: 0,
    is_voter: false,
    total_voters: 0,
    total_comments: 0,
    external_reference: [],
  };
  const own = {
    userstory: {
      milestone_name: null,
      swimlane: null,
      assigned_users: [],
      points: { 1: 1, 2: 1 },
      total_points: null,
      backlog_order: id,
      sprint_order: id,
      kanban_order: id,
      finish_date: null,
      client_requirement: false,
      team_requirement: false,
      epics: [],
      tasks: [],
      total_attachments: 0,
    },
    task: {
      user_story: null,
      user_story_extra_info: null,
      us_order: id,
      taskboard_order: id,
      finished_date: null,
      is_iocaine: false,
    },
    issue: { type: 1, severity: 1, priority: 1, finished_date: null, generated_user_stories: [] },
    epic: { color: "#000000", epics_order: id, user_stories_counts: { total: 0, progress: null } },
  }[kind];
  const item = { ...base, ...own } as unknown as AnyItem;
  write(item, values, home);
  return item;
}

/** Writes fields as Taiga answers them: tags as pairs, statuses and people with their names. */
function write(item: AnyItem, changes: Record<string, unknown>, home: ProjectDetail): void {
  const { tags, points, comment: _comment, ...rest } = changes;
  Object.assign(item, rest);
  if (Array.isArray(tags)) item.tags = tags.map((tag: string) => [tag, null]);
  if (points !== undefined && "points" in item) Object.assign(item.points as object, points);
  const statuses = [
    ...home.us_statuses,
    ...home.task_statuses,
    ...home.issue_statuses,
    ...home.epic_statuses,
  ];
  const its = statuses.find(({ id }) => id === item.status)!;
  item.status_extra_info = { name: its.name, color: "", is_closed: its.is_closed };
  item.is_closed = its.is_closed;
  const assignee = home.members.find(({ id }) => id === item.assigned_to);
  item.assigned_to_extra_info = assignee ?? null;
}

function apply(
  double: TaigaDouble,
  item: AnyItem,
  changes: Record<string, unknown>,
  by: string,
): void {
  const home = double.projects.find((one) => one.id === item.project)!;
  const before = structuredClone(item);
  write(item, changes, home);
  item.version += 1;
  const diff: Record<string, unknown> = {};
  for (const key of Object.keys(changes).filter((name) => name !== "comment")) {
    if (JSON.stringify(before[key]) === JSON.stringify(item[key])) continue;
    // Taiga records who is assigned to a story under the list alone.
    if (key === "assigned_to" && "assigned_users" in item) {
      diff["assigned_users"] = [[before[key]], [item[key]]];
    } else diff[key] = [before[key], item[key]];
  }
  const entries = double.history.get(String(item.id)) ?? [];
  double.history.set(String(item.id), [
    {
      id: crypto.randomUUID(),
      created_at: "2026-11-20T10:00:00Z",
      type: 1,
      user: { pk: 6, username: by, name: by },
      comment: toText(changes["comment"] ?? ""),
      edit_comment_date: null,
      delete_comment_date: null,
      diff,
      values_diff: {},
      is_hidden: false,
    },
    ...entries,
  ]);
}

/** `projects/occ/mixins.py`: a stale version conflicts when one of the same keys changed since. */
function verifyVersion(double: TaigaDouble, item: AnyItem, keys: string[], version: number): void {
  if (version > item.version) throw new TaigaError("version_invalid", "version: not valid");
  const missed = (double.history.get(String(item.id)) ?? []).slice(0, item.version - version);
  if (missed.some(({ diff }) => keys.some((key) => key in diff))) {
    throw new TaigaError("version_conflict", "The version doesn't match", { status: 400 });
  }
}

const toText = (value: unknown): string =>
  typeof value === "string" ? value : JSON.stringify(value);

const toList = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);

const IGNORED = new Set(["order_by", "q", "pageSize"]);

function matches(item: AnyItem, filter: Filter): boolean {
  return Object.entries(filter).every(([key, wanted]) => {
    if (wanted === undefined || IGNORED.has(key)) return true;
    const list = Array.isArray(wanted) ? wanted : [wanted];
    if (key.endsWith("__gte")) return String(item[key.slice(0, -5)]) >= toText(wanted);
    if (key.endsWith("__lt")) return String(item[key.slice(0, -4)]) < toText(wanted);
    if (key === "tags") return item.tags.some(([tag]) => list.includes(tag));
    if (key === "assigned_users" && "assigned_users" in item) {
      return [item.assigned_to, ...(item.assigned_users as number[])].some((id) =>
        list.includes(id),
      );
    }
    if (key === "status__is_closed") return item.is_closed === wanted;
    if (key.startsWith("exclude_")) return !list.includes(item[key.slice(8)]);
    if (key === "watchers") return item.watchers.some((id) => list.includes(id));
    return list.includes(item[key]);
  });
}
