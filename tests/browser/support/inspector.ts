/// <reference lib="dom" />
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";
import { freePorts } from "../../support/system.ts";
import { PROCESS_MS } from "../../support/time-limits.ts";
import { loginHeading } from "./pages.ts";

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

/**
 * Turns the connect switch on, until the Inspector has left for the login page. A single click may be
 * lost on a slow machine: the page draws the switch before it has loaded its settings, and draws it
 * anew afterwards. The click goes to the checkbox itself, because its styling hides it, and the page
 * scrolls the card while it loads.
 */
export async function connectInspector(page: Page): Promise<void> {
  const toggle = page.getByRole("switch", { name: /^Connect or disconnect/ });
  await toggle.waitFor({ state: "attached", timeout: PROCESS_MS });
  const heading = loginHeading(page);
  await expect
    .poll(
      async () => {
        if (await heading.isVisible()) return true;
        if (await isOff(toggle)) await toggle.dispatchEvent("click", {}, CLICK).catch(leftThePage);
        return await heading
          .waitFor({ timeout: RETRY_MS })
          .then(() => true)
          .catch(() => false);
      },
      { timeout: PROCESS_MS },
    )
    .toBe(true);
}

/** Long enough for a connection attempt, so that the next click does not switch it off again. */
const RETRY_MS = 10_000;
const CLICK = { timeout: RETRY_MS };

/** False also while the page is being left, so that nothing is clicked then. */
const isOff = (toggle: Locator): Promise<boolean> =>
  toggle
    .evaluate((box: HTMLInputElement) => !box.checked && !box.disabled, {}, CLICK)
    .catch(leftThePage);

const leftThePage = (): false => false;
