import express from "express";
import { describe, expect, it } from "vitest";
import { UnavailableError } from "../src/errors.ts";
import { createHttpLogger, createLogger, type LogLevel } from "../src/logger.ts";
import { createLogLines } from "./support/log-lines.ts";
import { serve } from "./support/serve.ts";

function createTestLogger(level: LogLevel = "trace") {
  const log = createLogLines();
  return { log, logger: createLogger({ name: "test", level, destination: log.destination }) };
}

describe("createLogger", () => {
  it("writes one JSON object a line, with the service's name", () => {
    const { log, logger } = createTestLogger();
    logger.info({ grants: 3 }, "started");
    logger.warn("line\nbreak");
    expect(log.lines()).toMatchObject([
      { name: "test", level: 30, grants: 3, msg: "started" },
      { name: "test", level: 40, msg: "line\nbreak" },
    ]);
  });

  it("leaves out what is below its level", () => {
    const { log, logger } = createTestLogger("warn");
    logger.info("too much");
    logger.warn("enough");
    expect(log.lines().map(({ msg }) => msg)).toEqual(["enough"]);
  });

  it.each([
    "access_token",
    "accessToken",
    "assertion",
    "auth_token",
    "authToken",
    "authorization",
    "client_assertion",
    "client_secret",
    "clientSecret",
    "code",
    "code_verifier",
    "cookie",
    "id_token",
    "password",
    "refresh",
    "refresh_token",
    "refreshToken",
    "set-cookie",
    "subject_token",
    "token",
  ])("hides %s at each of three depths, and in a child's bindings", (secret) => {
    const { log, logger } = createTestLogger();
    logger.info({ [secret]: "hunter2", kept: 1 });
    logger.info({ body: { [secret]: "hunter2", kept: 2 } });
    logger.info({ req: { headers: { [secret]: "hunter2", kept: 3 } } });
    const child = logger.child({ body: { [secret]: "hunter2", kept: 4 } });
    child.info("from the child");
    child.child({ [secret]: "hunter2" }).info("from the child's child");

    expect(log.text()).not.toContain("hunter2");
    const hidden = { [secret]: "[redacted]" };
    expect(log.lines()).toMatchObject([
      { ...hidden, kept: 1 },
      { body: { ...hidden, kept: 2 } },
      { req: { headers: { ...hidden, kept: 3 } } },
      { body: { ...hidden, kept: 4 } },
      hidden,
    ]);
  });

  it("logs an error's message and cause, but none of its other fields", () => {
    const { log, logger } = createTestLogger();
    const refused = Object.assign(new Error("connect ECONNREFUSED"), {
      code: "ECONNREFUSED",
      command: { args: ["hunter2"] },
      request: { body: "hunter2" },
    });
    logger.error({ err: new UnavailableError("The store is down.", { cause: refused }) });

    expect(log.text()).not.toContain("hunter2");
    expect(log.lines()[0]).toMatchObject({
      err: {
        type: "UnavailableError",
        message: "The store is down.",
        errorCode: "temporarily_unavailable",
        cause: { type: "Error", message: "connect ECONNREFUSED", errorCode: "ECONNREFUSED" },
      },
    });
  });

  it.each([["text"], [undefined], [{ password: "hunter2" }]])("logs a thrown %j", (thrown) => {
    const { log, logger } = createTestLogger();
    logger.error({ err: thrown }, "bug");
    expect(log.lines()[0]).toMatchObject({ msg: "bug" });
    expect(log.text()).not.toContain("hunter2");
  });

  it("survives an error that is its own cause", () => {
    const { log, logger } = createTestLogger();
    const error = new Error("round and round");
    error.cause = error;
    logger.error({ err: error }, "bug");
    expect(log.lines()[0]).toMatchObject({ msg: "bug" });
  });
});

describe("createHttpLogger", () => {
  async function request(path: string, init?: RequestInit) {
    const { log, logger } = createTestLogger();
    const app = express();
    app.use(createHttpLogger(logger));
    const mounted = express.Router();
    mounted.get("/callback", (_req, res) => {
      res.setHeader("Set-Cookie", "session=hunter2");
      res.send("hello");
    });
    mounted.get("/broken", (req, res) => {
      const error = Object.assign(new Error("broken"), { body: "hunter2" });
      req.log.error({ err: error }, "request failed");
      Object.assign(res, { err: error });
      res.status(500).send("sorry");
    });
    app.use("/mounted", mounted);
    const response = await fetch((await serve(app)) + path, init);
    await response.text();
    await expect.poll(() => log.lines().some(({ res }) => res !== undefined)).toBe(true);
    return { response, log };
  }

  it("logs method, path, status and duration", async () => {
    const { log, response } = await request("/mounted/callback");
    expect(log.lines()).toEqual([
      expect.objectContaining({
        level: 30,
        msg: "request completed",
        req: {
          id: response.headers.get("X-Request-Id"),
          method: "GET",
          path: "/mounted/callback",
        },
        res: { status: 200 },
        responseTime: expect.any(Number),
      }),
    ]);
  });

  it("gives each request a new id, regardless of an id that the caller sends", async () => {
    const { response } = await request("/mounted/callback", {
      headers: { "X-Request-Id": "forged" },
    });
    expect(response.headers.get("X-Request-Id")).toMatch(/^[0-9a-f-]{36}$/);
  });

  // @rule STORE-10
  it("keeps query strings, headers and cookies out, because codes and tokens travel there", async () => {
    const { log } = await request("/mounted/callback?code=hunter2&state=hunter2#hunter2", {
      headers: { authorization: "Bearer hunter2", cookie: "a=hunter2", referer: "/?x=hunter2" },
    });
    expect(log.text()).not.toContain("hunter2");
  });

  it("logs a 5xx as an error, without the fields that the error carries", async () => {
    const { log } = await request("/mounted/broken?token=hunter2");
    expect(log.text()).not.toContain("hunter2");
    expect(log.lines()).toMatchObject([
      { level: 50, msg: "request failed", err: { type: "Error", message: "broken" } },
      { level: 50, msg: "request errored", res: { status: 500 }, err: { message: "broken" } },
    ]);
  });
});
