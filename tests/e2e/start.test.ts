// `pnpm start`: its output, a clean stop, and its error messages.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { freePorts } from "../support/system.ts";

let dataDir: string;
let running: Started | undefined;
beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), "taiga-mcp-start-"));
});
afterEach(async () => {
  await running?.stop("SIGKILL");
  rmSync(dataDir, { recursive: true, force: true });
});

interface Started {
  child: ChildProcess;
  output(): string;
  /** Resolves when the output holds `text`; rejects when the process ends before that. */
  says(text: string): Promise<void>;
  exit(): Promise<number | null>;
  /** Signals the whole process group, as a terminal does. */
  stop(signal: NodeJS.Signals): Promise<void>;
}

function start(environment: Record<string, string>): Started {
  const child = spawn(process.execPath, ["scripts/with-node.mjs", "scripts/start.ts"], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env["PATH"] ?? "", HOME: dataDir, DATA_DIR: dataDir, ...environment },
    detached: true,
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  }
  const exited = once(child, "close"); // once all of its output is there
  running = {
    child,
    output: () => output,
    says: (text) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          if (output.includes(text)) resolve();
        };
        child.stdout.on("data", check);
        child.stderr.on("data", check);
        void exited.then(() => reject(new Error(`ended without saying ${text}:\n${output}`)));
      }),
    exit: async () => {
      await exited;
      return child.exitCode;
    },
    stop: async (signal) => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      process.kill(-(child.pid ?? 0), signal);
      await exited;
    },
  };
  return running;
}

async function ports(): Promise<Record<string, string>> {
  const [auth, internal, mcp, sandbox] = await freePorts(4);
  return {
    ISSUER: `http://localhost:${auth}`,
    MCP_URL: `http://localhost:${mcp}/mcp`,
    AUTH_SERVER_PORT: `${auth}`,
    AUTH_SERVER_PRIVATE_PORT: `${internal}`,
    AUTH_SERVER_INTERNAL_URL: `http://127.0.0.1:${internal}`,
    RESOURCE_SERVER_PORT: `${mcp}`,
    SANDBOX_PORT: `${sandbox}`,
    TAIGA_API_URL: "",
  };
}

describe("start", () => {
  // @rule EDGE-9
  it.each(["SIGINT", "SIGTERM"] as const)(
    "says how to connect, and stops cleanly on %s to its process group",
    async (signal) => {
      const environment = await ports();
      const started = start(environment);
      await started.says("Ctrl-C stops it.");
      expect(started.output()).toContain(String(environment["MCP_URL"]));
      expect(started.output()).toContain("claude mcp add --transport http");
      expect(started.output()).toContain("alice");
      expect(started.output()).not.toMatch(/\n(\S+: )?\s+at /); // no stack traces
      expect(started.output()).toContain(`http://localhost:${environment["SANDBOX_PORT"]}/api/v1`);
      expect((await fetch(`${environment["ISSUER"]}/healthz`)).status).toBe(200);
      await started.stop(signal);
      expect(await started.exit()).toBe(0);
      await expect(fetch(`${environment["ISSUER"]}/healthz`)).rejects.toThrow("fetch failed");
    },
  );

  it("says in one sentence which port is in use, and how to choose another", async () => {
    const environment = await ports();
    const other = createServer().listen(Number(environment["RESOURCE_SERVER_PORT"]), "127.0.0.1");
    await once(other, "listening");
    try {
      const started = start(environment);
      expect(await started.exit()).toBe(1);
      expect(started.output()).toMatch(/resource-server: port \d+ on .* is already taken/);
      expect(started.output()).toContain("RESOURCE_SERVER_PORT");
      expect(started.output()).not.toMatch(/\n\s+at /);
    } finally {
      other.close();
    }
  });

  it("says in one sentence which setting is invalid", async () => {
    const started = start({ ...(await ports()), ACCESS_LIMIT: "everything" });
    expect(await started.exit()).toBe(1);
    expect(started.output()).toContain("ACCESS_LIMIT: must be one of read, write, delete, admin.");
    expect(started.output()).not.toMatch(/\n\s+at /);
  });

  // @rule START-1
  it("asks Taiga once, and says in the banner what is wrong if it does not answer", async () => {
    const [port] = await freePorts(1);
    const started = start({ ...(await ports()), TAIGA_API_URL: `http://localhost:${port}` });
    await started.says("Ctrl-C stops it.");
    const banner = started.output().replaceAll(/\s+/g, " ");
    expect(banner).toContain(
      `Taiga ✗ http://localhost:${port}/api/v1 cannot be reached (ECONNREFUSED)`,
    );
    expect(banner).toContain("→ Check TAIGA_API_URL.");
    expect(banner).not.toContain("alice");
    await started.stop("SIGTERM");
    expect(await started.exit()).toBe(0);
  });

  // @rule KEYS-6
  it("refuses to expose the sandbox's demo passwords to other machines", async () => {
    const started = start({
      ...(await ports()),
      ISSUER: "",
      MCP_URL: "",
      PUBLIC_URL: "https://taiga-mcp.example.com",
    });
    expect(await started.exit()).toBe(1);
    expect(started.output()).toContain("TAIGA_API_URL");
  });
});
