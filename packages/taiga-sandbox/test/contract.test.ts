import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { applicationSteps } from "./contract/applications.ts";
import { aroundItemSteps } from "./contract/around-items.ts";
import { frozenSteps } from "./contract/frozen.ts";
import { listAndSprintSteps } from "./contract/lists-and-sprints.ts";
import { loginSteps } from "./contract/logins.ts";
import { otherKindSteps } from "./contract/other-kinds.ts";
import { projectTableSteps } from "./contract/project-tables.ts";
import { projectSteps } from "./contract/projects.ts";
import { storySteps } from "./contract/stories.ts";
import { storyEditSteps } from "./contract/story-edits.ts";
import { compareBodies, compareHeaders, replay } from "./contract/replay.ts";
import { recordings, type Steps } from "./contract/step.ts";
import { startApi, type Api } from "./support/api.ts";

/** Each builds on those before, also over the groups. */
const steps: Steps = {
  ...loginSteps,
  ...applicationSteps,
  ...projectSteps,
  ...storySteps,
  ...listAndSprintSteps,
  ...otherKindSteps,
  ...aroundItemSteps,
  ...storyEditSteps,
  ...projectTableSteps,
  ...frozenSteps,
};

let api: Api;

beforeAll(async () => {
  api = await startApi();
});

afterAll(() => api.close());

describe("the answers of a real Taiga", () => {
  test("every recording that is kept is replayed, and nothing else", () => {
    expect(Object.keys(steps).toSorted()).toEqual(Object.keys(recordings).toSorted());
  });

  for (const [name, step] of Object.entries(steps)) {
    const recorded = recordings[name]!;
    test(`${name}: ${recorded.request} is ${recorded.status}`, async () => {
      const answer = await replay(api, recorded, step);
      const differs = step.differs ?? [];
      expect({ status: answer.status, body: answer.body }).toMatchObject({
        status: recorded.status,
      });
      expect(compareHeaders(answer, recorded, differs)).toEqual([]);
      expect(compareBodies(answer, recorded, differs)).toEqual([]);
    });
  }
});
