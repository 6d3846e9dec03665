import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compareBodies } from "./contract/replay.ts";
import { AREAS, reasonToLeave } from "./capture/areas.ts";
import { actorsOf, CASES, casesOf, type Case } from "./capture/recordings.ts";
import { startApi, type Answer, type Api } from "./support/api.ts";
import type { Json } from "./support/shape.ts";

/** Tokens are masked in the recording: the one of the last offer takes their place. */
function toBody(api: Api, { request, request_body: body }: Case): unknown {
  const project = api.sandbox.state.projects.find((row) =>
    request.includes(`/${row.id}/transfer_`),
  );
  const form = (body as { __multipart__?: Record<string, string> } | undefined)?.__multipart__;
  if (form !== undefined) return toForm(form);
  const isMasked = JSON.stringify(body ?? "").includes("<SIGNED_TOKEN>");
  return isMasked ? { ...(body as object), token: project?.transfer?.token } : body;
}

/** The first bytes of a PNG file. */
const PNG = Buffer.from("89504e470d0a1a0a", "hex");

/** A file is told as `<file l.png, 74 bytes, image/png>`: only the long ones were pictures. */
function toForm(fields: Record<string, string>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    const [, file, size, type] = /^<file (.+), (\d+) bytes, (.+)>$/.exec(value) ?? [];
    if (file === undefined) form.set(name, value);
    else form.set(name, new File([Number(size) > 50 ? PNG : "hello"], file, { type: type! }));
  }
  return form;
}

async function send(api: Api, row: Case, as: string | undefined): Promise<Answer<Json>> {
  api.pass(1);
  const body = toBody(api, row);
  return api.call<Json>(row.request, {
    ...(as !== undefined && { as }),
    ...(body !== undefined && { body }),
  });
}

describe("the second recording of a real Taiga", () => {
  test("every area has its own cases, and leaves none out but those that exist", () => {
    const known = new Set(CASES.map((row) => row.name));
    const left = AREAS.flatMap(({ left = {}, steps = {} }) => Object.keys({ ...left, ...steps }));
    expect(left.filter((name) => !known.has(name))).toEqual([]);
  });

  for (const area of AREAS) {
    describe(area.title, () => {
      let api: Api;
      beforeAll(async () => {
        api = await startApi({ seed: "capture" });
        await area.before?.(api);
      });
      afterAll(() => api.close());

      for (const row of casesOf(area.title)) {
        test.skipIf(reasonToLeave(area, row))(
          `${row.name}: ${row.request} is ${row.status}`,
          async () => {
            await area.steps?.[row.name]?.(api);
            for (const as of actorsOf(row)) {
              const answer = await send(api, row, as);
              expect({ as, status: answer.status, body: answer.body }).toMatchObject({
                status: row.status,
              });
              expect(compareBodies(answer, row, [])).toEqual([]);
            }
          },
        );
      }
    });
  }
});
