import { existsSync } from "node:fs";
import process from "node:process";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { describe } from "vitest";
import { PROCESS_MS } from "../../support/time-limits.ts";

const CHROMIUM = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";
const isThere = existsSync(CHROMIUM);

if (!isThere && process.env["CI"] === undefined) {
  console.warn(
    `BROWSER TESTS SKIPPED: there is no Chromium at ${CHROMIUM}. Install it, or set CHROMIUM_PATH.`,
  );
}

/** `describe`, skipped where there is no browser; under CI the tests then fail instead. */
export const describeInBrowser =
  isThere || process.env["CI"] !== undefined ? describe : describe.skip;

/** A headless Chromium without background activity. */
export function launchChromium(): Promise<Browser> {
  if (!isThere) throw new Error(`There is no Chromium at ${CHROMIUM}; set CHROMIUM_PATH.`);
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--no-first-run",
      // Chromium refuses to start as root with its sandbox enabled.
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
    ],
  });
}

export interface Tab {
  page: Page;
  /** The browser's complaints: policy violations, errors, files that did not load. */
  complaints: string[];
}

/** A new tab; new cookies too unless a context is given. */
export async function openTab(
  browser: Browser,
  options: Parameters<Browser["newContext"]>[0] = {},
): Promise<Tab> {
  return await openTabIn(await browser.newContext(options));
}

export async function openTabIn(context: BrowserContext): Promise<Tab> {
  const page = await context.newPage();
  // A browser on a cold machine is like a process that starts. Shorter than the time limit of a test,
  // so that the page's complaints show.
  page.setDefaultTimeout(PROCESS_MS);
  const complaints: string[] = [];
  page.on("console", (message) => {
    // Some tests expect a page with status 400.
    if (message.type() === "error" && !message.text().includes("responded with a status of 4")) {
      complaints.push(message.text());
    }
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  return { page, complaints };
}
