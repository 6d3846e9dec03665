import { afterEach, beforeEach, expect, it } from "vitest";
import { basicAuth, introspect, request } from "../support/client.ts";
import { createFakeTaiga } from "../support/fake-taiga.ts";
import type { System } from "../support/system.ts";
import { startWhole } from "../support/whole.ts";
import { connectApp, openAccount, toText } from "./account-world.ts";

let system: System;
beforeEach(async () => {
  system = await startWhole({ taiga: createFakeTaiga({ alice: 7, bob: 8 }) });
});
afterEach(() => system.close());

const report = (writes: unknown, headers: Record<string, string> = basicAuth()) =>
  request(`${system.privateUrl}/activity`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ writes }),
  });

const toWrite = (gid: string, changes: object = {}) => ({
  gid,
  at: Math.floor(Date.now() / 1_000),
  tool: "update_items",
  object: "apollo #12",
  outcome: "ok",
  ...changes,
});

async function connectAs(username: string): Promise<string> {
  const { tokens } = await connectApp(system, username, { name: `App of ${username}` });
  return String((await introspect(system.privateUrl, tokens.access_token)).json["gid"]);
}

// @rule ACC-9
it("shows what tools wrote to the user of the grant alone, with client, tool, target and outcome", async () => {
  const [alice, bob] = [await connectAs("alice"), await connectAs("bob")];
  const answer = await report([
    toWrite(alice),
    toWrite(bob, { object: "borealis #1" }),
    toWrite(alice, { tool: "delete_items", outcome: "version_conflict", object: "<b>#1" }),
    toWrite("gone".padEnd(43, "-")),
  ]);
  expect(answer.status).toBe(204);
  const { page } = await openAccount(system, "alice");
  const text = toText(page);
  expect(text).toContain("App of alice ran update_items on apollo #12");
  expect(text).toMatch(/ran delete_items on &lt;b&gt;#1 : version_conflict/);
  expect(text).not.toContain("borealis");
});

it("is for the resource server only, and names what is wrong", async () => {
  expect((await report([], {})).status).toBe(401);
  const { status, json } = await report([toWrite("short")]);
  expect([status, json["error_description"]]).toEqual([
    400,
    "writes.0.gid: must be the gid of an introspection.",
  ]);
  expect(
    (await report(Array.from({ length: 101 }, () => toWrite("x".padEnd(43, "-"))))).status,
  ).toBe(400);
  const wrong = await request(`${system.privateUrl}/activity`, { headers: basicAuth() });
  expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "POST"]);
  expect((await request(`${system.issuer}/activity`, { method: "POST" })).status).toBe(404);
});
