// The example in the README of taiga-client, run as it is printed there, against the sandbox.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { expect, it, onTestFinished } from "vitest";
import { startTaiga } from "../support/outage-platform.ts";
import { PROCESS_MS } from "../support/time-limits.ts";

const README = readFileSync("packages/taiga-client/README.md", "utf8");
const EXAMPLE = /<!-- example -->\s*```ts\n(.*?)```/s.exec(README)?.[1];

// @rule CLIENT-4
it(
  "logs in, lists, pages, creates, meets a conflict and uploads a file",
  { timeout: PROCESS_MS },
  async () => {
    expect(EXAMPLE).toBeDefined();
    const taiga = await startTaiga();
    onTestFinished(() => taiga.close());
    const stories = taiga.sandbox.state.userstories.length;

    const example = spawn(
      process.execPath,
      ["--conditions=taiga-mcp-source", "--input-type=module-typescript", "--no-warnings", "-"],
      {
        // There, the package can be imported by its own name.
        cwd: "packages/taiga-client",
        env: { PATH: process.env["PATH"], TAIGA_API_URL: taiga.url },
      },
    );
    onTestFinished(() => void example.kill());
    example.stdin.end(EXAMPLE);
    const [output, errors] = await Promise.all([text(example.stdout), text(example.stderr)]);
    expect(errors).toBe("");
    expect(output).toMatch(/ has \d+ stories\.\nSomeone renamed it to “Rear brake light”\.\n$/);
    expect(taiga.sandbox.state.userstories).toHaveLength(stories);
  },
);
