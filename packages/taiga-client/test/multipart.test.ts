import type { IncomingMessage } from "node:http";
import { describe, expect, it } from "vitest";
import { encodeForm, toFileContent } from "../src/multipart.ts";
import { createTaigaClient } from "../src/taiga-client.ts";
import { startTaiga } from "./support/taiga-server.ts";

/** What a server makes of a form. */
async function parse({ contentType, body }: ReturnType<typeof encodeForm>): Promise<FormData> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body.open()) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  expect(bytes.length).toBe(body.sizeBytes);
  return await new Response(bytes, { headers: { "content-type": contentType } }).formData();
}

describe("a form with a file", () => {
  // @rule CLIENT-3
  it("carries its fields and the file, whatever bytes the file has", async () => {
    const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => index % 256);
    const form = await parse(
      encodeForm({
        fields: { project: 1, from_comment: true, description: "näh\r\n--x", nothing: undefined },
        fileField: "attached_file",
        file: toFileContent("ride log.bin", bytes, "text/x-log"),
      }),
    );
    expect([...form.keys()]).toEqual(["project", "from_comment", "description", "attached_file"]);
    expect(form.get("project")).toBe("1");
    expect(form.get("description")).toBe("näh\r\n--x");
    const file = form.get("attached_file") as File;
    expect(file).toMatchObject({ name: "ride log.bin", type: "text/x-log", size: 70_000 });
    expect(Buffer.from(await file.arrayBuffer()).equals(bytes)).toBe(true);
  });

  it.each(['a".txt', "a\r\nX-Evil: 1.txt", "ü🚲.txt"])(
    "keeps the name %j within its header line",
    async (name) => {
      const form = await parse(
        encodeForm({ fields: {}, fileField: "f", file: toFileContent(name, Buffer.from("x")) }),
      );
      expect([...form.keys()]).toEqual(["f"]);
      expect((form.get("f") as File).size).toBe(1);
    },
  );

  it("drops a media type that would end its header line", async () => {
    const file = toFileContent("a", Buffer.from("x"), "text/plain\r\nX-Evil: 1");
    const form = await parse(encodeForm({ fields: {}, fileField: "f", file }));
    expect((form.get("f") as File).type).toBe("application/octet-stream");
  });
});

describe("an upload", () => {
  const answer = {
    id: 4,
    project: 1,
    object_id: 2,
    name: "a.log",
    url: "/media/a.log",
    created_date: "2026-12-01T00:00:00Z",
    modified_date: "2026-12-01T00:00:00Z",
  };

  async function readBytes(req: IncomingMessage): Promise<number> {
    let bytes = 0;
    for await (const chunk of req) bytes += (chunk as Buffer).length;
    return bytes;
  }

  // @rule CLIENT-3
  it("goes over the wire piece by piece, with its length told first", async () => {
    const seen: { length: number; bytes: number }[] = [];
    const { transport } = await startTaiga((req, res) => {
      void readBytes(req).then((bytes) => {
        seen.push({ length: Number(req.headers["content-length"]), bytes });
        res.end(JSON.stringify(answer));
      });
    });
    let opened = 0;
    const piece = Buffer.alloc(64 * 1024, "x");
    const file = {
      name: "a.log",
      sizeBytes: 50 * piece.length,
      open: async function* () {
        opened += 1;
        for (let index = 0; index < 50; index += 1) yield piece;
      },
    };
    const attachments = createTaigaClient(transport).attachments;
    const made = await attachments.create("userstory", { projectId: 1, objectId: 2, file });
    expect(made).toMatchObject({ id: 4, name: "a.log" });
    expect(opened).toBe(1);
    expect(seen[0]?.length).toBe(seen[0]?.bytes);
    expect(seen[0]?.bytes).toBeGreaterThan(50 * piece.length);
  });

  it("fails without an answer when the content is shorter than it said", async () => {
    const { transport } = await startTaiga((req, res) => {
      void readBytes(req).then(
        () => res.end(JSON.stringify(answer)),
        () => res.destroy(),
      );
    });
    const file = { ...toFileContent("a.log", Buffer.from("short")), sizeBytes: 500 };
    await expect(
      createTaigaClient(transport).attachments.create("task", { projectId: 1, objectId: 2, file }),
    ).rejects.toMatchObject({ outcomeUnknown: true });
  });
});
