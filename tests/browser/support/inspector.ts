import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { freePorts } from "../../support/system.ts";
import { PROCESS_MS } from "../../support/time-limits.ts";

const LAUNCHER = path.resolve(
  "node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js",
);

export interface InspectorPage {
  /** Its address, with the token that gives a browser access. */
  url: string;
  stop(): Promise<void>;
}

/** Starts the Inspector's web page for one server, isolated from this machine's settings. */
export async function startInspector(mcpUrl: string, args: string[] = []): Promise<InspectorPage> {
  const home = mkdtempSync(path.join(tmpdir(), "taiga-mcp-inspector-"));
  const [port, sandboxPort] = await freePorts(2);
  const child = spawn(
    process.execPath,
    [LAUNCHER, "--server-url", mcpUrl, "--transport", "http", ...args],
    {
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        PATH: process.env["PATH"] ?? "",
        HOME: home,
        CLIENT_PORT: `${port}`,
        MCP_SANDBOX_PORT: `${sandboxPort}`,
        MCP_STORAGE_DIR: home,
        MCP_INSPECTOR_SECRET_STORE: "memory",
        MCP_AUTO_OPEN_ENABLED: "false",
      },
    },
  );
  const exited = once(child, "exit");
  const stop = async (): Promise<void> => {
    child.kill();
    await exited;
    rmSync(home, { recursive: true, force: true });
  };
  let output = "";
  const url = new Promise<string>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`no page after a while:\n${output}`)),
      PROCESS_MS,
    );
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk: Buffer) => {
        output += chunk.toString();
        const address = /http:\S+API_TOKEN=[\da-f]+/.exec(output)?.[0];
        if (address === undefined) return;
        clearTimeout(timer);
        resolve(address);
      });
    }
    void exited.then(() => {
      clearTimeout(timer);
      reject(new Error(`the Inspector ended:\n${output}`));
    });
  });
  try {
    return { url: await url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
