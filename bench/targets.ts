import { toNodeHandler } from "@modelcontextprotocol/node";
import { createMcpHandler, McpServer } from "@modelcontextprotocol/server";
import { createLogger, systemClock } from "@taiga-mcp/service";
import { createSqliteKv, type Kv, openStore } from "@taiga-mcp/store";
import express, { type Express } from "express";
import { mkdtempSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { startSystem } from "../apps/auth-server/test/support/system.ts";
import { loadTools } from "@taiga-mcp/taiga-tools";
import { ME, projectWith } from "../apps/resource-server/test/support/fake-taiga.ts";
import { startHarness } from "../apps/resource-server/test/support/harness.ts";

/** The addresses of a started server. */
export interface Addresses {
  url: string;
  /** The private listener, of the authorization server only. */
  privateUrl?: string;
}

/** Every server that is measured. */
export const TARGETS: Record<string, () => Promise<Addresses>> = {
  express: () => listen(express().get("/", (_req, res) => void res.send("hello"))),
  memory: () => startAuthServer(createSqliteKv({ file: ":memory:", clock: systemClock })),
  sqlite: async () => startAuthServer(await open("sqlite:")),
  redis: async () => startAuthServer(await open(process.env["BENCH_REDIS_URL"] ?? "")),
  "bare-mcp": startBareMcp,
  "resource-server": startResourceServer,
};

function open(url: string): Promise<Kv> {
  const dataDir = mkdtempSync(path.join(tmpdir(), "taiga-mcp-bench-"));
  return openStore({ url, dataDir, name: "bench", clock: systemClock });
}

/** The authorization server's own app; it logs as in production, but discards the output. */
async function startAuthServer(kv: Kv): Promise<Addresses> {
  const destination = { write: () => undefined };
  return startSystem({ kv, logger: createLogger({ name: "bench", level: "info", destination }) });
}

/** The resource server with all its tools and a warm introspection cache; a fake plays Taiga. */
async function startResourceServer(): Promise<Addresses> {
  const tools = (await loadTools()).map(({ definition }) => definition);
  const harness = await startHarness({ tools });
  await harness.follow();
  harness.grant("a-token");
  harness.authServer.exchanges.set("a-token", {
    access_token: "taiga-token",
    token_type: "Bearer",
    expires_in: 3600,
  });
  harness.taiga.tokens.add("taiga-token");
  harness.taiga.answers.set("/users/me", { ...ME, roles: ["Back"] });
  harness.taiga.answers.set("/projects", [projectWith(["view_us", "view_project"])]);
  return { url: harness.mcp };
}

/** The same tools on the SDK alone: no login, no limits, no checks, a prepared answer. */
async function startBareMcp(): Promise<Addresses> {
  const tools = await loadTools();
  const answer = { username: "ana", name: "Ana", email: "ana@taiga.test", roles: [], projects: [] };
  const handler = createMcpHandler(() => {
    const server = new McpServer({ name: "bare", version: "1.0.0" });
    for (const { definition } of tools) {
      const { name, title, description, inputSchema, outputSchema, annotations } = definition;
      server.registerTool(
        name,
        { title, description, inputSchema, outputSchema, annotations },
        () => ({ content: [{ type: "text", text: "You" }], structuredContent: answer }),
      );
    }
    return server;
  });
  const serve = toNodeHandler(handler);
  const app = express().post("/mcp", express.json(), (req, res) => serve(req, res, req.body));
  return { url: `${(await listen(app)).url}/mcp` };
}

async function listen(app: Express): Promise<Addresses> {
  const server = app.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
