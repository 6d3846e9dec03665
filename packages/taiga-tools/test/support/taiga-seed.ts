import { type ProjectSeed, SCRUM, type Seed, type Template } from "@taiga-mcp/taiga-sandbox";

/** What a project of the tests may have differently. */
export interface ProjectOptions extends Partial<
  Pick<ProjectSeed, "name" | "owner" | "members" | "is_private">
> {
  /** What bob may do in it; everything that a member may when left out. */
  permissions?: readonly string[];
  /** Replaces value lists, such as the statuses of stories. */
  values?: Partial<Template>;
}

/** What Taiga's own role of a member may do. */
export const MEMBER: readonly string[] = SCRUM.roles[0]![2];

/** The permissions to look at everything, and no others. */
export const VIEW: readonly string[] = MEMBER.filter((permission) => permission.startsWith("view"));

const TEMPLATE: Template = {
  ...SCRUM,
  modules: { ...SCRUM.modules, is_wiki_activated: true },
  epicStatuses: [
    ["New", ""],
    ["Done", "", "closed"],
  ],
  storyStatuses: [
    ["New", ""],
    ["In progress", ""],
    ["Done", "", "closed"],
  ],
  taskStatuses: [
    ["New", ""],
    ["Closed", "", "closed"],
  ],
  issueStatuses: [
    ["New", ""],
    ["Closed", "", "closed"],
  ],
  issueTypes: [
    ["Bug", ""],
    ["Question", ""],
  ],
  priorities: [
    ["Low", ""],
    ["High", ""],
  ],
  severities: [
    ["Minor", ""],
    ["Critical", ""],
  ],
  points: [
    ["?", null],
    ["3", 3],
    ["5", 5],
  ],
};

/** A scrum project of alice's with the usual choices, in which bob and stan are members. */
export const projectOf = (slug: string, options: ProjectOptions = {}): ProjectSeed => {
  const { permissions = MEMBER, values, ...columns } = options;
  return {
    name: slug.replace("-", " "),
    slug,
    description: "",
    owner: "alice",
    is_private: true,
    tags: [],
    columns: { is_epics_activated: true, tags_colors: { ui: null } },
    template: {
      ...TEMPLATE,
      ...values,
      roles: [
        ["Back", true, permissions],
        ["Front", true, MEMBER],
        ["Stakeholder", false, VIEW],
      ],
    },
    created: [-300, "09:00"],
    members: [
      ["bob", "Back", [-300, "09:00"]],
      ["stan", "Stakeholder", [-300, "09:00"]],
    ],
    swimlanes: [{ name: "Fast lane" }],
    customAttributes: [
      { kind: "userstory", name: "Customer", description: "", type: "text", extra: null },
      {
        kind: "userstory",
        name: "Severity",
        description: "",
        type: "dropdown",
        extra: ["low", "high"],
      },
    ],
    sprints: [
      { name: "Sprint 1", days: [-18, -7] },
      { name: "Sprint 2", days: [-4, 7] },
      { name: "Sprint 3", days: [10, 21] },
    ],
    ...columns,
  };
};

const user = (username: string, full_name: string): Seed["users"][number] => ({
  username,
  full_name,
  color: "",
  email: `${username}@taiga.test`,
  joined: [-300, "09:00"],
});

/**
 * The users alice (6), bob (7), carol (8) and stan (9). Each table counts from elsewhere, so that a
 * test cannot mix ids up unnoticed.
 */
export const seedOf = (projects: ProjectSeed[]): Seed => ({
  lastIds: {
    users: 5,
    taskStatuses: 10,
    issueStatuses: 20,
    epicStatuses: 30,
    userstories: 100,
    tasks: 200,
    issues: 300,
    epics: 400,
    wikiPages: 500,
  },
  users: [
    user("alice", "Alice Archer"),
    user("bob", "Bob Baker"),
    user("carol", "Carol Cooper"),
    user("stan", "Stan Smith"),
  ],
  projects,
});
