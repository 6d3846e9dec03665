// The conformance suite's server scenarios of each protocol revision, run against our resource server.
import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { endpointsOf, logIn, register } from "../support/oauth-client.ts";
import { startSystem, type System } from "../support/system.ts";
import { type ConformanceRun, runConformance } from "./support/conformance-cli.ts";
import { createTokenProxy, type TokenProxy } from "./support/token-proxy.ts";

const EXPECTED_FAILURES = path.resolve("tests/conformance/expected-failures.yml");

/** Scenarios that need none of the suite's own tools or prompts, by revision. */
const MEANINGFUL: [revision: string, scenarios: string[]][] = [
  [
    "2026-07-28",
    [
      "server-stateless",
      "tools-list",
      "http-header-validation",
      "dns-rebinding-protection",
      "server-sse-multiple-streams",
      "caching",
      "sep-2164-resource-not-found",
      "input-required-result-unsupported-methods",
    ],
  ],
  ["2025-11-25", ["server-initialize", "ping", "tools-list", "dns-rebinding-protection"]],
];

let system: System;
let proxy: TokenProxy;
beforeAll(async () => {
  system = await startSystem();
  const server = await endpointsOf(system.issuer);
  const client = await register(server);
  const user = { username: "alice", access: "delete" };
  const tokens = await logIn({ server, client, user, resource: system.mcpUrl });
  proxy = await createTokenProxy(system.mcpUrl, tokens.access_token);
});
afterAll(async () => {
  await proxy?.close();
  await system?.stop();
});

describe.each(MEANINGFUL)("%s", (revision, scenarios) => {
  let run: ConformanceRun;
  beforeAll(async () => {
    run = await runConformance([
      "server",
      `--url=${proxy.url}`,
      `--requirements=${revision}`,
      `--expected-failures=${EXPECTED_FAILURES}`,
    ]);
  });

  // @rule OMIT-3
  it("fails exactly the checks listed as expected failures", () => {
    expect(run.complaint).toBe("");
  });

  // @rule MCP-TRANSPORT-4
  it.each(scenarios)(
    "passes %s, except for checks that need the suite's own tools or prompts",
    (scenario) => {
      const checks = run.checks.get(scenario) ?? [];
      expect(checks.filter(({ status }) => status === "SUCCESS")).not.toEqual([]);
      const failures = checks
        .filter(({ status }) => status === "FAILURE" || status === "WARNING")
        .map(({ id }) => `${scenario}:${id}`);
      expect(explained()).toEqual(expect.arrayContaining(failures));
    },
  );

  // @rule MCP-TRANSPORT-4
  it("sends only messages that conform to the revision's schema", () => {
    const schemas = [...run.checks.values()].flat().filter(({ id }) => id === "wire-schema-valid");
    expect(schemas).not.toEqual([]);
    expect(schemas.filter(({ status }) => status !== "SUCCESS")).toEqual([]);
  });
});

describe("the expected failures", () => {
  // @rule MCP-TRANSPORT-4
  it("each have a reason, and name single checks except for extensions that are not offered", () => {
    const entries = readFileSync(EXPECTED_FAILURES, "utf8")
      .split("\n")
      .filter((line) => line.trimStart().startsWith("- "));
    expect(entries).not.toEqual([]);
    for (const entry of entries) {
      expect(entry).toMatch(/^ {2}- ([\w-]+:[\w-]+|tasks-[\w-]+) # \S.{10,}$/);
    }
  });
});

const explained = (): string[] =>
  [...readFileSync(EXPECTED_FAILURES, "utf8").matchAll(/^ {2}- (\S+)/gm)].map(
    ([, entry]) => entry ?? "",
  );
