// Both scenarios of the conformance suite for authorization servers, run against ours.
import { afterAll, beforeAll, expect, it } from "vitest";
import { approve } from "../support/browser.ts";
import { endpointsOf, register } from "../support/oauth-client.ts";
import { freePorts, startSystem, type System } from "../support/system.ts";
import { type ConformanceRun, runConformance } from "./support/conformance-cli.ts";

let system: System;
let run: ConformanceRun;
beforeAll(async () => {
  system = await startSystem();
  run = await logInAsTheSuite(system);
});
afterAll(() => system?.stop());

/** The suite prints an address for the user to open, and waits for the response at its callback. */
async function logInAsTheSuite({ issuer, mcpUrl }: System): Promise<ConformanceRun> {
  const [port] = await freePorts(1);
  const callback = `http://127.0.0.1:${port}/callback`;
  const client = await register(await endpointsOf(issuer), {
    client_name: "Conformance suite",
    redirect_uris: [callback],
  });
  let login: Promise<unknown> | undefined;
  const args = ["--url", issuer, "--client-id", client.client_id, "--resource", mcpUrl];
  const finished = await runConformance(
    ["authorization", ...args, "--port", `${port}`],
    (output) => {
      const url = /^http\S+\/authorize\?\S+$/m.exec(output)?.[0];
      // Waits until the suite listens, which it reports after the address.
      if (url === undefined || !output.includes("Callback server started")) return;
      login ??= approve(url, { username: "alice" }).then((answer) => fetch(answer));
    },
  );
  await login;
  return finished;
}

// @rule MCP-AUTH-10
it.each(["authorization-server-metadata-endpoint", "authorization-code-grant"])(
  "passes %s",
  (scenario) => {
    const checks = run.checks.get(scenario) ?? [];
    expect(checks.filter(({ status }) => status === "SUCCESS")).not.toEqual([]);
    expect(checks.filter(({ status }) => status === "FAILURE")).toEqual([]);
  },
);

it("gets one warning only, about client ID metadata documents, which it does not offer", () => {
  const warnings = [...run.checks.values()].flat().filter(({ status }) => status === "WARNING");
  expect(warnings.map(({ id }) => id)).toEqual(["authorization-server-metadata-cimd"]);
});

it("passes the suite as a whole", () => {
  expect(run.complaint).toBe("");
});
