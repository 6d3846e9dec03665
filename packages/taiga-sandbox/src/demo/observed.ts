import { toTimestamp } from "../model/context.ts";
import type { State } from "../model/state.ts";
import { addCustomAttribute } from "./add-content.ts";
import { addMember, addProject, addRole, addSwimlane, addUser } from "./build-project.ts";
import { createDraft } from "./draft.ts";
import { KANBAN, SCRUM } from "./templates.ts";

/**
 * The situation in which the behaviour of a real Taiga was recorded: the same users, ids and slugs
 * in a private scrum project and a public kanban one. What endpoints that are not served created
 * in the course of the recording (a role, swimlanes, custom fields) is there from the start.
 */
export function seedObserved(state: State, now: Date): void {
  const joined = toTimestamp(now);
  state.lastIds["users"] = 4;
  state.applications.push({
    id: "11111111-2222-4333-8444-555555555555",
    name: "Demo application",
    web: "http://app.example",
    description: "d",
    icon_url: "http://app.example/i.png",
    next_url: "http://client.example/cb",
  });
  const user = (username: string, full_name: string, color: string, email: string) =>
    addUser(state, {
      username,
      full_name,
      color,
      email,
      joined,
      is_superuser: username === "admin",
    });
  user("admin", "Administrator", "", "admin@admin.com");
  const alice = user("alice", "Alice A", "#fffeb0", "alice@example.com");
  const bob = user("bob", "Bob B", "#40ec8b", "bob@example.com");
  user("carol", "Carol C", "#d55a4e", "carol@example.com");
  const stan = user("stan", "Stan S", "#6a86d8", "stan@example.com");

  const shared = { name: "Alpha One", owner: alice, created: joined };
  const alpha = addProject(state, {
    ...shared,
    slug: "alice-alpha-one",
    description: "d2",
    template: SCRUM,
    isPrivate: true,
    tags: ["t1"],
  });
  addProject(state, {
    ...shared,
    slug: "alice-alpha-one-1",
    description: "desc",
    template: KANBAN,
    isPrivate: false,
    tags: [],
  });
  Object.assign(alpha, {
    is_epics_activated: true,
    is_kanban_activated: true,
    total_milestones: 3,
    total_story_points: 40,
    tags_colors: { red: "#ff0000" },
  });
  const permissions = ["view_project", "view_us"];
  addRole(state, alpha, { name: "QA", computable: true, permissions, order: 10 });
  addMember(state, alpha, bob, "Front", { created: joined });
  addMember(state, alpha, stan, "Stakeholder", { created: joined });

  const draft = createDraft(state, alpha, now);
  addSwimlane(state, alpha, "L1");
  addSwimlane(state, alpha, "L2");
  for (const [name, type, extra] of [
    ["Est", "number", null],
    ["Drop", "dropdown", ["a", "b"]],
  ] as const) {
    const options = extra === null ? null : [...extra];
    addCustomAttribute(draft, { kind: "userstory", name, description: "", type, extra: options });
  }
}
