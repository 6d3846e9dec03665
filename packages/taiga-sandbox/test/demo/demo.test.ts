import { describe, expect, test } from "vitest";
import { effectivePermissions } from "../../src/model/access.ts";
import { OBJECT_KINDS, rowsOf } from "../../src/model/kinds.ts";
import { toMilestoneStats } from "../../src/sprints/milestone-stats.ts";
import { createSeed } from "../../src/demo/index.ts";
import { START, startApi } from "../support/api.ts";
import type { View } from "../support/view.ts";

const state = createSeed("demo", START);

describe("the demonstration data", () => {
  test("is the same every time on the same day", () => {
    const later = new Date(START.getTime() + 3_600_000);
    expect(createSeed("demo", later)).toEqual(state);
  });

  test("moves with the day it is made on", () => {
    const current = (now: Date) => {
      const today = now.toISOString().slice(0, 10);
      return createSeed("demo", now).milestones.filter(
        (row) => row.estimated_start <= today && today <= row.estimated_finish,
      );
    };
    for (const days of [0, 1, 100]) {
      const now = new Date(START.getTime() + days * 86_400_000);
      expect(current(now).map((row) => row.name)).toEqual(["Sprint 8: Paying without friction"]);
    }
  });

  test("gives every item of a project a unique number", () => {
    for (const project of state.projects) {
      const refs = [state.epics, state.userstories, state.tasks, state.issues]
        .flat()
        .filter((item) => item.project === project.id)
        .map((item) => item.ref);
      expect(new Set(refs).size).toBe(refs.length);
      expect(Math.max(...refs)).toBe(project.last_ref);
    }
  });

  test("keeps each version in step with the recorded changes", () => {
    for (const kind of OBJECT_KINDS) {
      for (const item of rowsOf(state, kind)) {
        const changes = state.history.filter(
          (entry) => entry.kind === kind && entry.object === item.id && entry.type === 1,
        );
        const versioned = changes.filter((entry) => !("attachments" in entry.diff));
        expect(item.version).toBe(1 + versioned.length);
      }
    }
  });

  test("holds one closed, one current and one coming sprint, and a blocked story", () => {
    expect(state.milestones.map((row) => row.closed)).toEqual([true, false, false]);
    expect(state.userstories.some((story) => story.is_blocked && story.blocked_note)).toBe(true);
  });

  test("has a closed sprint that went down day by day and ended with nothing open", () => {
    const { days, total_points } = toMilestoneStats(state, state.milestones[0]!);
    const open = days.map((day) => day.open_points);
    const total = Object.values(total_points).reduce((sum, points) => sum + points, 0);
    expect(open).toEqual(open.toSorted((a, b) => b - a));
    expect([open[0], open.at(-1)]).toEqual([total, 0]);
    expect(new Set(open).size).toBeGreaterThan(5);
  });

  test("tells of nothing that is still to come", () => {
    const moments = [...state.timeline, ...state.milestones, ...state.wikiPages].map((row) =>
      Date.parse("created" in row ? row.created : row.modified_date),
    );
    expect(Math.max(...moments)).toBeLessThan(START.getTime());
  });

  test("has epics with stories, pages of two hands, files, and issues of every sort", () => {
    expect(new Set(state.relatedStories.map((link) => link.epic)).size).toBe(state.epics.length);
    expect(state.wikiPages.some((page) => page.owner !== page.last_modifier)).toBe(true);
    expect(new Set(state.attachments.map((file) => file.kind))).toEqual(
      new Set(["userstory", "issue"]),
    );
    for (const column of ["type", "severity", "priority"] as const) {
      expect(new Set(state.issues.map((issue) => issue[column])).size).toBeGreaterThan(2);
    }
  });

  test("lets every user log in, with the permissions of their roles", async () => {
    const api = await startApi({ seed: "demo" });
    const projectsOf = async (as: string) =>
      (await api.call<View[]>("GET /projects", { as })).body.map((row) => row.slug);
    expect(await projectsOf("alice")).toEqual(["pedal", "town-site"]);
    expect(await projectsOf("bob")).toEqual(["pedal", "town-site"]);
    expect(await projectsOf("stan")).toEqual(["pedal", "town-site"]);
    expect(await projectsOf("carol")).toEqual(["town-site"]);
    await api.close();
    const roles = state.memberships.map((row) => {
      const actor = state.users.find((user) => user.id === row.user)!;
      const role = state.roles.find((candidate) => candidate.id === row.role)!;
      const project = state.projects.find((candidate) => candidate.id === row.project)!;
      const granted = effectivePermissions({ actor, project, membership: row, role });
      return `${actor.username} ${role.name} ${project.slug} ${granted.has("modify_us")}`;
    });
    expect(roles).toEqual([
      "alice Product Owner pedal true",
      "bob Back pedal true",
      "stan Stakeholder pedal false",
      "alice Product Owner town-site true",
      "bob Front town-site true",
      "stan Stakeholder town-site false",
    ]);
  });
});
