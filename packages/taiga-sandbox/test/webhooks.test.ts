import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { isPrivateAddress, sign, toPythonJson } from "../src/webhooks/delivery.ts";
import { startApi, type Api } from "./support/api.ts";
import { compareShapes, type Json } from "./support/shape.ts";

interface Delivery {
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

interface Observed {
  body: Json;
  raw_body?: string;
  key?: string;
  signature?: string;
}

const observed = JSON.parse(
  readFileSync(new URL("fixtures/webhooks-observed.json", import.meta.url), "utf8"),
) as Record<string, Observed>;

describe("webhooks", () => {
  let api: Api;
  let receiver: Server;
  let received: Delivery[];
  let status: number;
  let url: string;

  beforeEach(async () => {
    received = [];
    status = 200;
    receiver = createServer((req, res) => {
      const chunks: Buffer[] = [];
      req.on("data", (chunk: Buffer) => chunks.push(chunk));
      req.on("end", () => {
        received.push({ headers: req.headers, text: Buffer.concat(chunks).toString("utf8") });
        res.writeHead(status, status === 302 ? { location: "/other" } : {}).end("ok");
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/h`;
    api = await startApi({ seed: "capture", allowPrivateWebhooks: true });
  });

  afterEach(async () => {
    await api.close();
    await new Promise((resolve) => receiver.close(resolve));
  });

  const as = (user: string) => ({
    send: (request: string, body?: object) =>
      api.call<Record<string, Json>>(request, { as: user, ...(body && { body }) }),
  });

  const hook = async () => {
    const body = { project: 1, name: "Receiver", url, key: "demo-key" };
    expect((await as("alice").send("POST /webhooks", body)).status).toBe(201);
  };

  const last = async (): Promise<Json> => {
    await api.sandbox.deliveries();
    return JSON.parse(received.at(-1)?.text ?? "null") as Json;
  };

  test("the signature covers the body in Python's form", () => {
    for (const { raw_body, key, signature } of Object.values(observed)) {
      if (raw_body === undefined) continue;
      expect(sign(key!, raw_body)).toBe(signature);
      // JSON.parse does not keep that 2.0 was a decimal number.
      const text = raw_body.replaceAll(/(\d)\.0\b/g, "$1");
      expect(toPythonJson(JSON.parse(text))).toBe(text);
    }
  });

  // @rule SBX-WEBHOOK-SIGNED
  test("changes are delivered, signed, and in the order in which they happened", async () => {
    await hook();
    await as("bob").send("POST /userstories", { project: 1, subject: "Story ü" });
    await as("bob").send("PATCH /userstories/1", { version: 1, subject: "New", comment: "why" });
    await as("bob").send("DELETE /userstories/1");
    await api.sandbox.deliveries();
    const actions = received.map(({ text }) => (JSON.parse(text) as { action: string }).action);
    expect(actions).toEqual(["create", "change", "delete"]);
    for (const { headers, text } of received) {
      const signature = createHmac("sha1", "demo-key").update(text).digest("hex");
      expect(headers["x-taiga-webhook-signature"]).toBe(signature);
      expect(headers["x-hub-signature"]).toBe(`sha1=${signature}`);
    }
  });

  test.each([
    [
      "userstory_create",
      "POST /userstories",
      { subject: "ü @alice", description: "@alice", tags: ["red"], milestone: 1, assigned_to: 7 },
    ],
    ["task_create", "POST /tasks", { subject: "Task" }],
    ["issue_create", "POST /issues", { subject: "Issue" }],
    ["epic_create", "POST /epics", { subject: "Epic" }],
    ["wikipage_create", "POST /wiki", { slug: "home", content: "# hi" }],
  ])("%s has the recorded shape", async (name, request, body) => {
    const sprint = { name: "S", estimated_start: "2026-11-23", estimated_finish: "2026-12-06" };
    await as("alice").send("POST /milestones", { project: 1, ...sprint });
    await hook();
    expect((await as("bob").send(request, { project: 1, ...body })).status).toBe(201);
    const differs = ["body.data.milestone", "body.data.user_story", "body.data.assigned_to"];
    const differences = compareShapes(await last(), [observed[name]!.body]);
    expect(differences.filter((line) => !differs.some((path) => line.startsWith(path)))).toEqual(
      [],
    );
  });

  test("orders, watching, voting and an edit without a change are not delivered", async () => {
    await as("bob").send("POST /userstories", { project: 1, subject: "s" });
    await hook();
    await as("bob").send("PATCH /userstories/1", { version: 1, subject: "s" });
    await as("bob").send("POST /userstories/1/upvote");
    await as("bob").send("POST /userstories/1/watch");
    await as("bob").send("PATCH /userstories/1", { version: 2, backlog_order: 1 });
    await api.sandbox.deliveries();
    expect(received).toEqual([]);
  });

  test("a story with tasks is one delivery when it is deleted", async () => {
    await as("bob").send("POST /userstories", { project: 1, subject: "s" });
    await as("bob").send("POST /tasks", { project: 1, subject: "t", user_story: 1 });
    await hook();
    await as("bob").send("DELETE /userstories/1");
    expect(await last()).toMatchObject({ action: "delete", type: "userstory" });
    expect(received).toHaveLength(1);
  });

  test("a test answers its log, which can be sent again; ten logs are kept", async () => {
    await hook();
    const log = (await as("alice").send("POST /webhooks/1/test")).body;
    expect(log).toMatchObject({ webhook: 1, status: 200, response_data: '{"content":"ok"}' });
    expect(await last()).toMatchObject({ type: "test", data: { test: "test" } });
    status = 302;
    const again = (await as("alice").send(`POST /webhooklogs/${JSON.stringify(log["id"])}/resend`))
      .body;
    expect(again).toMatchObject({
      status: 302,
      response_data: "error-in-request: Redirects are not allowed",
      request_data: log["request_data"],
    });
    for (let left = 12; left > 0; left -= 1) await as("alice").send("POST /webhooks/1/test");
    expect((await as("alice").send("GET /webhooks/1")).body["logs_counter"]).toBe(10);
  });

  test("only administrators reach webhooks", async () => {
    await hook();
    expect((await as("bob").send("GET /webhooks?project=1")).body).toEqual([]);
    expect((await as("bob").send("GET /webhooks/1")).status).toBe(403);
    expect((await as("bob").send("POST /webhooks/1/test")).status).toBe(404);
  });

  test("private addresses are refused, also behind a name, unless they are allowed", async () => {
    const strict = await startApi({ seed: "capture" });
    const create = (address: string) =>
      strict.call("POST /webhooks", {
        as: "alice",
        body: { project: 1, name: "p", url: address, key: "k" },
      });
    try {
      expect((await create("http://127.0.0.1:8080/h")).body).toEqual({
        url: ["Not allowed IP Address"],
      });
      expect((await create(url.replace("127.0.0.1", "localhost"))).status).toBe(201);
      const test = await strict.call("POST /webhooks/1/test", { as: "alice" });
      expect(test.body).toMatchObject({
        status: 0,
        request_headers: {},
        response_data: "error-in-request: Private IP Address not allowed",
      });
      expect(received).toEqual([]);
    } finally {
      await strict.close();
    }
  });

  test.each([
    ["169.254.169.254", true],
    ["[::1]", true],
    ["::ffff:10.0.0.1", true],
    ["10.1.2.3", true],
    ["8.8.8.8", false],
    ["hooks.example", false],
  ])("%s is private: %s", (host, expected) => {
    expect(isPrivateAddress(host)).toBe(expected);
  });
});
