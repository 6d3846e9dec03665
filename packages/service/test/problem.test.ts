import express from "express";
import { describe, expect, it } from "vitest";
import { CodedError, ConfigurationError, UnavailableError } from "../src/errors.ts";
import { createHttpLogger, createLogger } from "../src/logger.ts";
import { notFound, problemHandler, RETRY_AFTER_SECONDS, toProblem } from "../src/problem.ts";
import { createLogLines } from "./support/log-lines.ts";
import { serve } from "./support/serve.ts";

describe("toProblem", () => {
  it("is 503 for what this service depends on", () => {
    expect(toProblem(new UnavailableError("The store does not answer."))).toEqual({
      status: 503,
      title: "Service Unavailable",
      detail: "The store does not answer.",
      error: "temporarily_unavailable",
    });
  });

  it("is 400 with its message for any other expected failure, and never shows the cause", () => {
    const error = new CodedError("bad_thing", "Say it otherwise.", { cause: new Error("hunter2") });
    const problem = { status: 400, title: "Bad Request", detail: "Say it otherwise." };
    expect(toProblem(error)).toEqual({ ...problem, error: "bad_thing" });
    expect(toProblem(new ConfigurationError("Say it otherwise."))).toEqual({
      ...problem,
      error: "bad_configuration",
    });
  });

  it.each([
    [400, "Bad Request"],
    [405, "Method Not Allowed"],
    [413, "Content Too Large"],
    [415, "Unsupported Media Type"],
  ])("keeps the %s of a request that could not be read, under its own title", (status, title) => {
    const error = Object.assign(new Error("no good"), { status });
    expect(toProblem(error)).toEqual({
      status,
      title,
      detail: "The request could not be read: no good.",
    });
  });

  // @rule RFC6749-5.2-1
  it.each([
    new Error("hunter2"),
    Object.assign(new Error("hunter2"), { status: 500 }),
    Object.assign(new Error("hunter2"), { status: "400" }),
    "hunter2",
    undefined,
    { status: 404, message: "hunter2" },
  ])("is 500 and says nothing of %o, which is a bug", (bug) => {
    const problem = toProblem(bug);
    expect(problem).toMatchObject({ status: 500, title: "Internal Server Error" });
    expect(JSON.stringify(problem)).not.toContain("hunter2");
  });
});

describe("problemHandler and notFound", () => {
  async function start() {
    const log = createLogLines();
    const logger = createLogger({ name: "t", level: "info", destination: log.destination });
    const app = express();
    app.use(createHttpLogger(logger));
    app.use(express.json({ limit: 100 }));
    app.post("/", (req, res) => void res.json(req.body));
    app.get("/down", () => {
      throw new UnavailableError("The store does not answer.", { cause: new Error("the reason") });
    });
    app.get("/bug", async () => {
      throw new Error("hunter2");
    });
    app.get("/late", (_req, res) => {
      res.write("half an answer");
      throw new Error("hunter2");
    });
    app.use(notFound, problemHandler);
    return { log, origin: await serve(app) };
  }

  const post = (origin: string, body: string) =>
    fetch(origin, { method: "POST", body, headers: { "content-type": "application/json" } });

  it("answers problem JSON even to a browser, with the id of the request in the log", async () => {
    const { log, origin } = await start();
    const response = await fetch(`${origin}/bug`, { headers: { accept: "text/html" } });
    expect(response.status).toBe(500);
    expect(response.headers.get("content-type")).toMatch(/^application\/problem\+json/);
    expect(response.headers.get("cache-control")).toBe("no-store");

    const body = await response.text();
    expect(body).not.toContain("hunter2");
    const id = response.headers.get("x-request-id");
    expect(JSON.parse(body)).toMatchObject({
      type: "about:blank",
      status: 500,
      instance: `urn:uuid:${id}`,
    });
    expect(log.lines()[0]).toMatchObject({
      level: 50,
      msg: "request failed",
      req: { id },
      err: { message: "hunter2" },
    });
  });

  // @rule OUTAGE-4
  it("says when to come back after an outage, and logs the reason", async () => {
    const { log, origin } = await start();
    const response = await fetch(`${origin}/down`);
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe(String(RETRY_AFTER_SECONDS));
    expect(await response.json()).toMatchObject({ detail: "The store does not answer." });
    expect(log.lines()[0]).toMatchObject({ err: { cause: { message: "the reason" } } });
  });

  it.each([
    ["{", 400, "Bad Request"],
    [`"${"x".repeat(200)}"`, 413, "Content Too Large"],
  ])(
    "answers a body of %s with %s and logs no error: it is the caller's",
    async (body, status, title) => {
      const { log, origin } = await start();
      const response = await post(origin, body);
      expect(response.status).toBe(status);
      expect(await response.json()).toMatchObject({ status, title });
      await expect.poll(() => log.lines().length).toBe(1);
      expect(log.lines()[0]).toMatchObject({ level: 30, msg: "request completed" });
    },
  );

  it("names method and path of what is not served, without the query", async () => {
    const { origin } = await start();
    const response = await fetch(`${origin}/nowhere?token=hunter2`);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({
      title: "Not Found",
      detail: "Nothing is served at GET /nowhere.",
    });
  });

  it("cuts off a partly sent answer instead of completing it", async () => {
    const { origin } = await start();
    const response = await fetch(`${origin}/late`);
    await expect(response.text()).rejects.toThrow("terminated");
  });
});
