import type { TaigaClient } from "@taiga-mcp/taiga-client";
import { type Backend, pageOf } from "./backend.ts";
import { createEpicLinks, createItemExtras } from "./item-extras.ts";
import { createItemResource } from "./item-resource.ts";
import { createMilestones, createProjects, createWikiPages } from "./project-resources.ts";
import { ME } from "./project.ts";

/** A client that asks the double instead of Taiga, as far as the tools need one. */
export function createDoubleClient(backend: Backend): TaigaClient {
  const { double, called } = backend;
  return {
    users: { me: () => called("users.me", () => ME) },
    projects: createProjects(backend),
    userStories: createItemResource(backend, "userstory", "userStories"),
    tasks: createItemResource(backend, "task", "tasks"),
    issues: createItemResource(backend, "issue", "issues"),
    epics: { ...createItemResource(backend, "epic", "epics"), ...createEpicLinks(backend) },
    milestones: createMilestones(backend),
    wikiPages: createWikiPages(backend),
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
    ...createItemExtras(backend),
  } as unknown as TaigaClient;
}
