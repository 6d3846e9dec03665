import { createLogger } from "@taiga-mcp/service";
import { createSqliteKv } from "@taiga-mcp/store";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { parseConfig } from "../../apps/resource-server/src/config.ts";
import { createResourceServer } from "../../apps/resource-server/src/create-resource-server.ts";

// @rule EDGE-2
it.each([
  ["nginx/templates/00-shared.conf.template", '"~^on " "max-age=31536000";'],
  ["deploy/caddy/Caddyfile", 'Strict-Transport-Security "max-age=31536000"'],
  ["deploy/traefik/dynamic.yml", "headers: { stsSeconds: 31536000 }"],
])("%s sends HSTS for its own name only", (file, header) => {
  const text = readFileSync(file, "utf8");
  expect(text).toContain(header);
  expect(text.replaceAll(/^\s*#.*$/gm, "")).not.toMatch(/includeSubDomains/i);
});

// @rule EDGE-2
it("the resource server sends HSTS for its own name only", async () => {
  const clock = () => 1_800_000_000;
  const { app } = createResourceServer({
    config: parseConfig({
      PUBLIC_URL: "https://mcp.example",
      TAIGA_API_URL: "https://taiga.example",
      RS_CLIENT_SECRET: "a secret of more than 32 letters for tests",
    }),
    store: createSqliteKv({ file: ":memory:", clock }),
    taiga: { send: () => Promise.reject(new Error("not used")), close: async () => {} },
    tools: [],
    fetch,
    clock,
    logger: createLogger({ name: "test", level: "silent" }),
    version: "1.2.3",
  });
  const server = createServer(app);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const { headers } = await fetch(url);
  expect(headers.get("strict-transport-security")).toBe("max-age=31536000");
});
