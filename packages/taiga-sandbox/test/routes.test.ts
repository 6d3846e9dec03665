import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startApi, type Api } from "./support/api.ts";

const PAGE = new URL("../../taiga-client/ROUTES.md", import.meta.url);

/** The routes that the client covers, such as `GET /wiki/{pk}`. */
const covered = readFileSync(PAGE, "utf8")
  .split("## Left out")[0]!
  .split("\n")
  .flatMap((line) => /^- `([A-Z]+ [^`]+)`/.exec(line)?.[1] ?? []);

let api: Api;
beforeAll(async () => {
  api = await startApi({ seed: "capture" });
});
afterAll(() => api.close());

// @rule SBX-ROUTES
test("the sandbox serves every route that the client covers", async () => {
  const missing: string[] = [];
  for (const route of covered) {
    const [method, path] = route.replaceAll(/\{[^}]+\}/g, "9999").split(" ") as [string, string];
    const answer = await api.call<unknown>(`OPTIONS ${path}`, { as: "alice" });
    const allowed = answer.headers.get("allow")?.split(", ") ?? [];
    if (answer.status !== 200 || !allowed.includes(method)) missing.push(route);
  }
  expect(covered.length).toBeGreaterThan(200);
  expect(missing).toEqual([]);
});
