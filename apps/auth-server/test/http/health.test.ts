import { createLogger } from "@taiga-mcp/service";
import { expect, it, onTestFinished } from "vitest";
import { request } from "../support/client.ts";
import { startSystem } from "../support/system.ts";

async function startLogged() {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const system = await startSystem({
    logger: createLogger({ name: "test", level: "info", destination }),
  });
  onTestFinished(() => system.close());
  return { system, lines };
}

it("keeps probes out of the request log, because they come every few seconds", async () => {
  const { system, lines } = await startLogged();
  const { url, privateUrl } = system;

  for (const probe of [`${url}/healthz`, `${privateUrl}/healthz`, `${privateUrl}/readyz`]) {
    const answer = await request(probe);
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({ status: "ok" });
    expect(answer.headers.get("cache-control")).toBe("no-store");
  }
  await request(`${url}/jwks`);

  await expect.poll(() => lines.join("")).toContain('"path":"/jwks"');
  expect(lines).toHaveLength(1);
});

// @rule EDGE-7
it("has readiness on the private listener only", async () => {
  const { system } = await startLogged();
  expect((await request(`${system.url}/readyz`)).status).toBe(404);
});
