// A user grants an app access to one project, and the app sees no other.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type McpSession, openSession } from "../support/mcp-session.ts";
import { startSystem, type System } from "../support/system.ts";

interface ProjectLine {
  slug: string;
  name: string;
}

let system: System;
let everywhere: McpSession;
let limited: McpSession;
let covered: ProjectLine;
let others: ProjectLine[];

const projectsOf = async (session: McpSession): Promise<ProjectLine[]> =>
  ((await session.call("list_projects")).structuredContent?.["projects"] ?? []) as ProjectLine[];

beforeAll(async () => {
  system = await startSystem();
  everywhere = await openSession(
    `${system.mcpUrl}?answers=structured`,
    { username: "alice" },
    { sdk: 2 },
  );
  const [first, ...rest] = await projectsOf(everywhere);
  if (first === undefined || rest.length === 0) throw new Error("Alice needs two projects.");
  covered = first;
  others = rest;
  const user = { username: "alice", project: covered.slug };
  limited = await openSession(`${system.mcpUrl}?answers=structured`, user, { sdk: 2 });
});
afterAll(async () => {
  await everywhere.close();
  await limited.close();
  await system.stop();
});

describe("an app with access to one project", () => {
  it("sees only that project", async () => {
    expect(await projectsOf(limited)).toEqual([covered]);
    for (const tool of ["get_me", "list_projects", "get_activity"]) {
      const { text } = await limited.call(tool, tool === "get_activity" ? { person: "me" } : {});
      for (const { slug, name } of others) {
        expect(text).not.toContain(slug);
        expect(text).not.toContain(name);
      }
    }
  });

  // @rule MCP-SECURITY-6
  it("is refused other projects, by slug, by name and by a pasted address", async () => {
    const [other] = others as [ProjectLine];
    for (const project of [other.slug, other.name]) {
      const answer = await limited.call("find_items", { project });
      expect(answer.isError).toBe(true);
      expect(answer.text).toContain("project_not_granted");
    }
    const refused = await limited.call("create_items", {
      project: other.slug,
      items: [{ kind: "story", subject: "Not here" }],
    });
    expect(refused.text).toContain("project_not_granted");
  });

  it("still sees only that project after a token refresh", async () => {
    limited.forgetAccessToken();
    expect(await projectsOf(limited)).toEqual([covered]);
  });

  it("can omit the project in calls", async () => {
    const answer = await limited.call("get_project", {});
    expect(answer.structuredContent).toMatchObject({ slug: covered.slug });
  });

  it("does not limit another connection of the same user", async () => {
    expect(await projectsOf(everywhere)).toEqual([covered, ...others]);
  });
});
