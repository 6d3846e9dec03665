import { EventEmitter } from "node:events";
import { describe, expect, it } from "vitest";
import { redactSecrets } from "../src/redact-secrets.ts";

describe("redactSecrets", () => {
  it("hides at any depth, in lists too, and keeps the rest", () => {
    const record = { a: { b: { c: { d: [{ token: "hunter2", kept: 1 }, "text", null] } } } };
    expect(redactSecrets(record)).toEqual({
      a: { b: { c: { d: [{ token: "[redacted]", kept: 1 }, "text", null] } } },
    });
  });

  it("hides the whole value of a secret name", () => {
    expect(redactSecrets({ cookie: { session: "hunter2" } })).toEqual({ cookie: "[redacted]" });
  });

  it("leaves the record that was given as it is", () => {
    const record = { body: { password: "hunter2" } };
    redactSecrets(record);
    expect(record.body.password).toBe("hunter2");
  });

  it("copies nothing where nothing is hidden, because every line passes here", () => {
    const record = { tool: "get_me", durationMs: 3, at: { project: "pedal" } };
    expect(redactSecrets(record)).toBe(record);
  });

  it("omits values below the depth limit, and handles cycles", () => {
    const circle: Record<string, unknown> = {};
    circle["again"] = circle;
    expect(JSON.stringify(redactSecrets(circle))).toContain("[too deep]");
  });

  it.each([
    ["an error", Object.assign(new Error("no"), { code: "ECONNREFUSED" })],
    ["a request", Object.assign(new EventEmitter(), { headers: { cookie: "hunter2" } })],
    ["bytes", Buffer.from("text")],
  ])("leaves %s to its serializer", (_what, value) => {
    expect(redactSecrets({ value }).value).toBe(value);
  });
});
