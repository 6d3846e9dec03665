// The sandbox as a process: what it persists, what it refuses, and which addresses can reach it.
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { freePort } from "../support/redis-server.ts";

const MAIN = fileURLToPath(new URL("../../packages/taiga-sandbox/src/main.ts", import.meta.url));

describe("the sandbox process", () => {
  let folder: string;
  const children: ChildProcess[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "sandbox-"));
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
    await rm(folder, { recursive: true });
  });

  const start = (port: number, args: string[] = [], env: NodeJS.ProcessEnv = {}) => {
    const child = fork(MAIN, args, {
      execArgv: ["--disable-warning=ExperimentalWarning"],
      env: { PATH: process.env["PATH"], SANDBOX_PORT: String(port), DATA_DIR: folder, ...env },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    children.push(child);
    let stderr = "";
    child.stderr!.on("data", (chunk) => (stderr += chunk));
    return { child, stderr: () => stderr };
  };
  const login = (port: number) =>
    fetch(`http://127.0.0.1:${port}/api/v1/auth`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ type: "normal", username: "bob", password: "bob-password" }),
    }).then((answer) => answer.json());

  test("says when it is ready, keeps logins and content across a restart, and resets on demand", async () => {
    const port = await freePort();
    const first = start(port);
    const [message] = await once(first.child, "message");
    expect(message).toEqual({
      ready: "sandbox",
      message: `Taiga sandbox with demonstration data at http://127.0.0.1:${port}/api/v1`,
    });
    const { auth_token } = (await login(port)) as { auth_token: string };
    const headers = { Authorization: `Bearer ${auth_token}`, "Content-Type": "application/json" };
    const stories = `http://127.0.0.1:${port}/api/v1/userstories`;
    const body = JSON.stringify({ project: 1, subject: "Survives" });
    const made = await fetch(stories, { method: "POST", headers, body });
    const { id } = (await made.json()) as { id: number };
    first.child.kill("SIGTERM");
    expect(await once(first.child, "exit")).toEqual([0, null]);
    expect((await stat(path.join(folder, "sandbox-secret"))).mode & 0o077).toBe(0);

    const second = start(port);
    await once(second.child, "message");
    expect((await fetch(`${stories}/${id}`, { headers })).status).toBe(200);
    second.child.disconnect();
    expect(await once(second.child, "exit")).toEqual([0, null]);

    const third = start(port, ["--reset-demo"]);
    await once(third.child, "message");
    expect((await fetch(`${stories}/${id}`, { headers })).status).toBe(404);
  });

  test("explains a port in use in one sentence", async () => {
    const { server, port } = await occupy();
    const { child, stderr } = start(port, ["--reset-demo"]);
    expect(await once(child, "close")).toEqual([1, null]);
    expect(stderr()).toBe(
      `sandbox: port ${port} on 127.0.0.1 is already taken. Stop the program that uses it, or set SANDBOX_PORT to another port.\n`,
    );
    // The process that has the port may be using the files.
    expect(await readdir(folder)).toEqual([]);
    server.close();
  });

  test("explains a state file that it cannot read", async () => {
    await writeFile(path.join(folder, "sandbox.json"), "{}");
    const { child, stderr } = start(await freePort());
    expect(await once(child, "close")).toEqual([1, null]);
    expect(stderr()).toMatch(/^sandbox: .*sandbox\.json holds no state .* --reset-demo .*\n$/);
  });

  test("refuses to listen beyond loopback, in one sentence", async () => {
    const { child, stderr } = start(await freePort(), [], { SANDBOX_HOST: "0.0.0.0" });
    expect(await once(child, "close")).toEqual([1, null]);
    expect(stderr()).toMatch(
      /^sandbox: SANDBOX_HOST is "0\.0\.0\.0", .*DANGEROUSLY_EXPOSE_SANDBOX=true .*\n$/,
    );
    expect(await readdir(folder)).toEqual([]);
  });

  test("listens on every address when DANGEROUSLY_EXPOSE_SANDBOX is set", async () => {
    const port = await freePort();
    const env = { SANDBOX_HOST: "0.0.0.0", DANGEROUSLY_EXPOSE_SANDBOX: "true" };
    const [message] = await once(start(port, [], env).child, "message");
    expect(message.message).toContain(`http://0.0.0.0:${port}/api/v1`);
    expect((await login(port)) as object).toHaveProperty("auth_token");
  });
});

async function occupy(): Promise<{ server: Server; port: number }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, port: (server.address() as AddressInfo).port };
}
