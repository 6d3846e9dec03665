// vitest globalSetup: hands the tests an nginx, from PATH, else the distribution's package unpacked
// into node_modules/.cache (no root). Without one, these tests are skipped with a warning; under
// CI that is an error.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import type { TestProject } from "vitest/node";

export interface NginxBinary {
  path: string;
  /** From 1.25.1 on, HTTP/2 has its own directive. */
  hasHttp2Directive: boolean;
}

declare module "vitest" {
  interface ProvidedContext {
    /** `null` without an nginx on this machine. */
    nginx: NginxBinary | null;
  }
}

const CACHE = path.resolve("node_modules/.cache");
const UNPACKED = path.join(CACHE, "nginx-debian");

export default function setup(project: TestProject): void {
  project.provide("nginx", findNginx());
}

function findNginx(): NginxBinary | null {
  const problems: string[] = [];
  for (const obtain of [fromPath, fromPackage]) {
    try {
      return check(obtain());
    } catch (error) {
      problems.push((error as Error).message);
    }
  }
  const message = `no nginx to test with (${problems.join("; ")}); install it, for example by apt-get install nginx`;
  if (process.env["CI"]) throw new Error(message);
  console.warn(`SKIPPED: ${message}`);
  return null;
}

const fromPath = (): string => "nginx";

function fromPackage(): string {
  const binary = path.join(UNPACKED, "root/usr/sbin/nginx");
  if (existsSync(binary)) return binary;
  mkdirSync(CACHE, { recursive: true });
  const draft = mkdtempSync(path.join(CACHE, "nginx-draft-"));
  try {
    for (const folder of ["lists/partial", "archives/partial", "root"]) {
      mkdirSync(path.join(draft, folder), { recursive: true });
    }
    const own = [`Dir::State::Lists=${draft}/lists`, `Dir::Cache=${draft}`, "Debug::NoLocking=1"];
    const options = own.flatMap((option) => ["-o", option]);
    run("apt-get", [...options, "update"], draft);
    run("apt-get", [...options, "download", "nginx"], path.join(draft, "archives"));
    run("sh", ["-c", 'for deb in archives/*.deb; do dpkg -x "$deb" root; done'], draft);
    rmSync(path.join(draft, "lists"), { recursive: true });
    renameSync(draft, UNPACKED);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return binary;
}

function check(binary: string): NginxBinary {
  const text = run(binary, ["-v"], ".");
  const [major = 0, minor = 0, patch = 0] =
    /nginx\/(\d+)\.(\d+)\.(\d+)/.exec(text)?.slice(1).map(Number) ?? [];
  const version = major * 1_000_000 + minor * 1_000 + patch;
  return { path: binary, hasHttp2Directive: version >= 1_025_001 };
}

function run(command: string, args: string[], cwd: string): string {
  const { error, status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: "utf8" });
  if (error) throw new Error(`${command}: ${error.message}`, { cause: error });
  if (status !== 0) throw new Error(`${command}: ${stderr.trim().split("\n").at(-1)}`);
  return stdout + stderr;
}
