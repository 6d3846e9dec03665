import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compareBodies } from "./contract/replay.ts";
import { AREAS, reasonToLeave } from "./capture/areas.ts";
import { LEFT_OUT, PARTS_LEFT_OUT } from "./capture/left-out.ts";
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
const PNG = Uint8Array.from(Buffer.from("89504e470d0a1a0a", "hex"));

const contentOf = (size: number): string | Uint8Array<ArrayBuffer> => {
  if (size === 0) return "";
  return size > 50 ? PNG : "hello";
};

/** A file is told as `<file l.png, 74 bytes, image/png>`: only the long ones were pictures. */
function toForm(fields: Record<string, string>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    const [, file, size, type] = /^<file (.+), (\d+) bytes, (.+)>$/.exec(value) ?? [];
    if (file === undefined) form.set(name, value);
    else form.set(name, new File([contentOf(Number(size))], file, { type: type! }));
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
  test("every case is replayed in one area, or belongs to one part that is left out", () => {
    const count = (patterns: RegExp[], name: string): number =>
      patterns.filter((each) => each.test(name)).length;
    const areas = AREAS.map((area) => area.names);
    const parts = PARTS_LEFT_OUT.map(([names]) => names);
    const lost = CASES.map(({ name }) => name).filter(
      (name) => (count(areas, name) || count(parts, name)) !== 1,
    );
    expect(lost).toEqual([]);
    for (const { title, names } of AREAS) {
      const own = CASES.filter(({ name }) => names.test(name)).map(({ name }) => name);
      expect(
        casesOf(title)
          .map(({ name }) => name)
          .toSorted(),
      ).toEqual(own.toSorted());
    }
  });

  test("nothing is left out that does not exist", () => {
    const known = new Set(CASES.map(({ name }) => name));
    const steps = AREAS.flatMap((area) => Object.keys(area.steps ?? {}));
    const named = [...Object.keys(LEFT_OUT), ...steps];
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });

  for (const area of AREAS) {
    const { title } = area;
    describe(`area: ${title}`, () => {
      let api: Api;
      beforeAll(async () => {
        api = await startApi({ seed: "capture" });
        await area.before?.(api);
      });
      afterAll(() => api.close());

      for (const row of casesOf(area.title)) {
        test.skipIf(reasonToLeave(row) !== undefined)(
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
