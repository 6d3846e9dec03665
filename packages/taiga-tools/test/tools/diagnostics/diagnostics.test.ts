import { expect, it } from "vitest";
import echo from "../../../src/tools/diagnostics/echo.ts";
import getStatus from "../../../src/tools/diagnostics/get-status.ts";
import getTime from "../../../src/tools/diagnostics/get-time.ts";
import { createBench } from "../../support/tool-context.ts";

it("echo answers without Taiga", async () => {
  const { call, taiga } = createBench();
  expect((await call(echo, { message: "hello" })).data).toEqual({ message: "hello" });
  expect(taiga.asked()).toEqual([]);
});

it("get_time tells the server's time and weekday", async () => {
  const { call } = createBench();
  expect((await call(getTime, {})).text).toBe("Friday, 2026-11-20 12:00:00 UTC");
});

it("get_status tells what the connection may do, and that Taiga answers", async () => {
  const { call } = createBench({ projects: [1] });
  const { data, text } = await call(getStatus, {});
  expect(data).toMatchObject({ answers: true, username: "bob", access: "admin" });
  expect(data.projects).toEqual(["alpha-one"]);
  expect(text).toMatch(/answered in \d+ ms, as @bob/);
});

it("get_status is an answer, too, while Taiga is away", async () => {
  const { call, taiga } = createBench({ projects: [1] });
  taiga.before(() => ({ status: 503, body: {} }));
  const { data, text } = await call(getStatus, {});
  expect(data.answers).toBe(false);
  expect(text).toContain("does not answer");
});
