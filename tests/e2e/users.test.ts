// Each user acts in Taiga as themselves, and sees nothing through another's login.
import { afterAll, beforeAll, expect, it } from "vitest";
import { type McpSession, openSession } from "../support/mcp-session.ts";
import { startSystem, type System } from "../support/system.ts";

let system: System;
let alice: McpSession;
let carol: McpSession;
beforeAll(async () => {
  system = await startSystem();
  alice = await openSession(
    `${system.mcpUrl}?answers=structured`,
    { username: "alice" },
    { sdk: 2 },
  );
  carol = await openSession(
    `${system.mcpUrl}?answers=structured`,
    { username: "carol" },
    { sdk: 2 },
  );
});
afterAll(async () => {
  await alice.close();
  await carol.close();
  await system.stop();
});

const projectsOf = async (session: McpSession): Promise<{ slug: string; is_private?: boolean }[]> =>
  ((await session.call("list_projects")).structuredContent?.["projects"] ?? []) as {
    slug: string;
  }[];

it("tells each user who they are", async () => {
  expect((await alice.call("get_me")).text).toContain("alice");
  expect((await carol.call("get_me")).text).toContain("carol");
  expect((await carol.call("get_me")).text).not.toContain("alice");
});

// @rule MCP-SECURITY-16
it("hides a private project from an outsider, also when she knows its name", async () => {
  const [project] = await projectsOf(alice);
  expect(project).toBeDefined();
  expect((await projectsOf(carol)).map(({ slug }) => slug)).not.toContain(project?.slug);
  const answer = await carol.call("find_items", { project: project?.slug });
  expect(answer.isError).toBe(true);
});

// @rule MCP-SECURITY-16
it("keeps the caches of two users apart, when both ask at the same time", async () => {
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, index) => (index % 2 === 0 ? alice : carol).call("get_me")),
  );
  answers.forEach((answer, index) =>
    expect(answer.text).toContain(index % 2 === 0 ? "alice" : "carol"),
  );
});
