import type { TaigaClient, WikiPage } from "@taiga-mcp/taiga-client";
import { apply } from "./taiga-double/changes.ts";
import { createDoubleClient } from "./taiga-double/client.ts";
import { newItem } from "./taiga-double/items.ts";
import { projectOf, sprint } from "./taiga-double/project.ts";
import type { TaigaDouble } from "./taiga-double/state.ts";

export { ME, projectOf } from "./taiga-double/project.ts";
export type { TaigaDouble } from "./taiga-double/state.ts";

/** 2026-11-20, in the middle of Sprint 2. */
export const NOW = Date.parse("2026-11-20T12:00:00Z") / 1000;

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
  double.client = createDoubleClient({ double, called, nextId: () => nextId++ });
  return double;
}
