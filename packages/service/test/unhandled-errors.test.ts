import { fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { expect, it, onTestFinished } from "vitest";

async function startFaulty() {
  const child = fork(path.join(import.meta.dirname, "support/faulty-service.ts"), {
    execArgv: ["--conditions=taiga-mcp-source"],
    silent: true,
    // Silence is for the service's own lines, not for its end.
    env: { ...process.env, LOG_LEVEL: "silent" },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let output = "";
  child.stdout?.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const closed = once(child, "close") as Promise<[number | null]>;
  const [{ message: url }] = (await once(child, "message")) as [{ message: string }];
  return {
    url,
    closed,
    lines: () =>
      output
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

// @rule OPS-14
it.each([
  ["/throw", "TypeError", "x is not a function"],
  ["/reject", "Error", "nobody waits for this"],
])(
  "an error of %s ends the process with a JSON line, after open requests",
  async (fault, type, message) => {
    const service = await startFaulty();
    const slow = await fetch(`${service.url}/slow`);
    await fetch(`${service.url}${fault}`);

    expect(await slow.text()).toBe("begun, and finished");
    expect((await service.closed)[0]).toBe(1);
    expect(service.lines()).toEqual([
      expect.objectContaining({
        level: 60,
        name: "faulty",
        msg: "unhandled error; process ends",
        err: expect.objectContaining({ type, message }),
      }),
    ]);
  },
);
