// A SQLite file belongs to one process; a second process is told to use Redis.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createService, freePorts, type Service } from "../support/system.ts";

let dataDir: string;
beforeAll(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), "taiga-mcp-replicas-"));
});
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

async function createReplica(folder: string): Promise<Service> {
  const [authPort, privatePort, mcpPort] = await freePorts(3);
  return createService(folder, {
    PATH: process.env["PATH"] ?? "",
    DATA_DIR: dataDir,
    AUTH_SERVER_PORT: `${authPort}`,
    AUTH_SERVER_PRIVATE_PORT: `${privatePort}`,
    RESOURCE_SERVER_PORT: `${mcpPort}`,
  });
}

// @rule STORE-8
it.each(["apps/auth-server", "apps/resource-server"])(
  "a second %s on the same file refuses to start, with the reason and what to do",
  async (folder) => {
    const first = await createReplica(folder);
    const second = await createReplica(folder);
    await first.start();
    try {
      await expect(second.start()).rejects.toThrow(/did not start/);
      expect(second.output()).toMatch(/\.sqlite .*another process|another process.*\.sqlite/);
      expect(second.output()).toContain("STORE_URL");
      expect(second.output()).not.toMatch(/\n\s+at /);
    } finally {
      await first.stop();
    }
    await second.start();
    await second.stop();
  },
);
