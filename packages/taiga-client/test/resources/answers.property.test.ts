import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TaigaError } from "../../src/errors.ts";
import { createTaigaClient, type TaigaClient } from "../../src/taiga-client.ts";
import { createFakeTransport } from "../support/fake-transport.ts";
import { observed, toResponse } from "../support/observed.ts";

/** What is asked, by the captures that answer it. */
const READS: [RegExp, (taiga: TaigaClient) => Promise<unknown>][] = [
  [/^GET \/users\/me$/, (taiga) => taiga.users.me()],
  [/^GET \/projects$/, (taiga) => taiga.projects.list()],
  [/^GET \/projects\/(\d+|by_slug)$/, (taiga) => taiga.projects.getById(1)],
  [/^GET \/userstories$/, (taiga) => taiga.userStories.list({ project: 1 })],
  [/^GET \/userstories\/\d+$/, (taiga) => taiga.userStories.getById(1)],
  [/^GET \/tasks\/\d+$/, (taiga) => taiga.tasks.getById(1)],
  [/^GET \/issues\/\d+$/, (taiga) => taiga.issues.getById(1)],
  [/^GET \/epics\/\d+$/, (taiga) => taiga.epics.getById(1)],
  [/^GET \/milestones$/, (taiga) => taiga.milestones.list({ projectId: 1 })],
  [/^GET \/milestones\/\d+\/stats$/, (taiga) => taiga.milestones.stats(1)],
  [/^GET \/wiki\/by_slug$/, (taiga) => taiga.wikiPages.getById(1)],
  [/^GET \/history\//, (taiga) => taiga.history.list("userstory", 1)],
  [/^GET \/timeline\//, (taiga) => taiga.timeline.project(1)],
  [/^GET \/search$/, (taiga) => taiga.search({ projectId: 1, text: "x" })],
  [/^POST \/auth$/, (taiga) => taiga.auth.login({ type: "normal", username: "a", password: "b" })],
  [/^POST \/auth\/refresh$/, (taiga) => taiga.auth.refresh("x")],
];

const recorded = READS.flatMap(([pattern, read]) => {
  const found = Object.values(observed).find(
    ({ request, status }) => status < 300 && pattern.test(request.replace(/\?.*/, "")),
  );
  return found === undefined ? [] : [{ read, response: toResponse(found), body: found.body }];
});

const SECRET = "correct-horse-battery";
const nested = fc
  .integer({ min: 1, max: 20_000 })
  .map((depth) => "[".repeat(depth) + "]".repeat(depth));
const other = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom(SECRET, null, -1, "", {}));

/** The same answer with one value in it, wherever it stands, replaced. */
function replaceOne(value: unknown, path: number[], by: unknown): unknown {
  const [index = 0, ...rest] = path;
  if (typeof value !== "object" || value === null || path.length === 0) return by;
  const keys = Object.keys(value);
  const key = keys[index % Math.max(1, keys.length)];
  if (key === undefined) return by;
  const copy = structuredClone(value) as Record<string, unknown>;
  copy[key] = replaceOne(copy[key], rest, by);
  return copy;
}

describe("an answer from Taiga", () => {
  it("was found for every read", () => {
    expect(recorded).toHaveLength(READS.length);
  });

  // @rule INPUT-21
  it("that differs from a recording in one value is read as it is, or refused as unexpected without quoting it", async () => {
    const path = fc.array(fc.nat(60), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...recorded), path, other, async (answer, where, by) => {
        const text = JSON.stringify(replaceOne(answer.body, where, by));
        const outcome = await ask(answer, text);
        if (outcome instanceof TaigaError) {
          expect(outcome.message).not.toContain(SECRET);
          expect(outcome.message).toMatch(/^Taiga's answer to (GET|POST) \/\S+ /);
        } else {
          // Read, not made up: every number that is told was sent, or counts pages.
          const sent = `${text} ${JSON.stringify(answer.response.headers)} 0 1 2`;
          for (const number of numbersIn(outcome)) expect(sent).toContain(number);
        }
      }),
      { numRuns: 400 },
    );
  });

  // @rule INPUT-21
  it("of any text is refused as unexpected, or parsed without invented values", async () => {
    const text = fc.oneof(
      fc.json({ maxDepth: 3 }),
      fc.string({ unit: "binary" }),
      nested,
      nested.map((deep) => `{"id":${deep}}`),
      nested.map((deep) => `[{"diff":{"status":${deep}}}]`),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...recorded), text, async (answer, sent) => {
        const outcome = await ask(answer, sent);
        if (outcome instanceof TaigaError) return;
        expect(JSON.parse(sent)).toEqual(expect.any(Object));
      }),
      { numRuns: 300 },
    );
  });

  it("is refused with a short message when an error is nested without end", async () => {
    await fc.assert(
      fc.asyncProperty(nested, fc.integer({ min: 400, max: 499 }), async (deep, status) => {
        for (const text of [deep, `{"subject":${deep.replace("[]", '["x"]')}}`]) {
          const { transport } = createFakeTransport({ text, status });
          const error: unknown = await createTaigaClient(transport)
            .users.me()
            .catch((thrown: unknown) => thrown);
          expect(error).toBeInstanceOf(TaigaError);
          expect((error as TaigaError).message.length).toBeLessThanOrEqual(2_000);
        }
      }),
      { numRuns: 30 },
    );
  });
});

function numbersIn(value: unknown): string[] {
  if (typeof value === "number") return [JSON.stringify(value)];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(numbersIn) : [];
}

/** What becomes of it: data, or the refusal. */
async function ask({ read, response }: (typeof recorded)[number], text: string): Promise<unknown> {
  const { transport } = createFakeTransport({ ...response, status: 200, text });
  try {
    return await read(createTaigaClient(transport));
  } catch (error) {
    if (!(error instanceof TaigaError)) throw error;
    expect(error.code).toBe("unexpected_response");
    return error;
  }
}
