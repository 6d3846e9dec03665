import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { describe, expect, it, onTestFinished } from "vitest";
import { PROCESS_MS } from "../support/time-limits.ts";

const trackedFiles = execFileSync("git", ["ls-files"], { encoding: "utf8" })
  .split("\n")
  .filter((file) => /\.(ts|mjs|md|yml|yaml|json)$|Dockerfile$|^\.ci\//.test(file))
  .filter((file) => existsSync(file) && file !== "pnpm-lock.yaml");

/** A folder with the named files of this repository, and a program that stands for a real one. */
function createFolder(files: string[], program: { name: string; script: string }): string {
  const folder = mkdtempSync(path.join(tmpdir(), "supply-chain-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const file of files) cpSync(file, path.join(folder, file));
  mkdirSync(path.join(folder, "bin"));
  const executable = path.join(folder, "bin", program.name);
  writeFileSync(executable, `#!/bin/sh\n${program.script}\n`);
  chmodSync(executable, 0o755);
  return folder;
}

const run = (script: string, folder: string) =>
  spawnSync(process.execPath, [path.resolve(script)], {
    cwd: folder,
    encoding: "utf8",
    timeout: PROCESS_MS,
    env: { PATH: `${path.join(folder, "bin")}:${process.env["PATH"] ?? ""}` },
  });

describe("pnpm", () => {
  // @rule OPS-15
  it("is pinned with its hash, and every command names that version", () => {
    const { packageManager } = JSON.parse(readFileSync("package.json", "utf8")) as {
      packageManager: string;
    };
    expect(packageManager).toMatch(/^pnpm@\d+\.\d+\.\d+\+sha512\.[\da-f]{128}$/);
    const [version = ""] = packageManager.split("+");
    const others = trackedFiles.flatMap((file) =>
      [...readFileSync(file, "utf8").matchAll(/pnpm@\d[\d.]*\d/g)]
        .filter(([mention]) => mention !== version)
        .map(([mention]) => `${file}: ${mention}`),
    );
    expect(others).toEqual([]);
  });

  // @rule OPS-15
  it("waits a week before it accepts a new version", () => {
    expect(readFileSync("pnpm-workspace.yaml", "utf8")).toContain("\nminimumReleaseAge: 10080\n");
  });
});

describe("base images", () => {
  const SOURCES = ["Dockerfile", "docker-compose.yml", "deploy/caddy/compose.yml"];
  const createPins = (script: string) => createFolder(SOURCES, { name: "docker", script });
  const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;

  // @rule OPS-15
  it("are all named by a variable that a digest can replace", () => {
    const fixed = [...SOURCES, "deploy/compose/sandbox.yml"].flatMap((file) =>
      readFileSync(file, "utf8")
        .split("\n")
        .filter((line) => /^\s*image:|^FROM /.test(line))
        .filter((line) => !/\$\{[A-Z]+_IMAGE|^FROM (service|build) AS/.test(line)),
    );
    expect(fixed).toEqual([]);
  });

  // @rule OPS-15
  it("are pinned to the digests that their registries name", () => {
    const folder = createPins(`echo ${DIGEST}`);
    const { status } = run("scripts/pin-images.ts", folder);
    const written = readFileSync(path.join(folder, "deploy/images.env"), "utf8");
    expect(status).toBe(0);
    expect(written.split("\n").filter((line) => line.includes("="))).toEqual(
      expect.arrayContaining([
        `NODE_IMAGE=node:24-bookworm-slim@${DIGEST}`,
        `NGINX_IMAGE=nginx:1.28@${DIGEST}`,
        `REDIS_IMAGE=redis:8@${DIGEST}`,
        `CADDY_IMAGE=caddy:2@${DIGEST}`,
      ]),
    );
  });

  // @rule OPS-15
  it.each([
    ["does not answer", "echo 'dial tcp: lookup failed' >&2; exit 1"],
    ["names no digest", "echo latest"],
  ])("stay as they are if a registry %s", (_what, script) => {
    const folder = createPins(script);
    const { status, stderr } = run("scripts/pin-images.ts", folder);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^NOT PINNED: the registry of /);
    expect(existsSync(path.join(folder, "deploy/images.env"))).toBe(false);
  });
});

describe("known vulnerabilities", () => {
  const check = (script: string) =>
    run("scripts/advisories.ts", createFolder([], { name: "pnpm", script }));

  // @rule OPS-15
  it("end the check with exit code 1", () => {
    const { status, stdout } = check("echo '1 vulnerabilities found'; exit 1");
    expect(status).toBe(1);
    expect(stdout).toContain("1 vulnerabilities found");
  });

  // @rule OPS-15
  it("are none if the registry says so", () => {
    const { status, stdout } = check("echo 'No known vulnerabilities found'");
    expect(status).toBe(0);
    expect(stdout).toContain("No known vulnerabilities found");
  });

  // @rule OPS-15
  it.each([
    "echo 'Error: ERR_PNPM_AUDIT_BAD_RESPONSE' >&2; exit 1",
    "echo 'getaddrinfo ENOTFOUND registry' >&2; exit 1",
  ])("are not known without an answer, which is said: %s", (script) => {
    const { status, stderr } = check(script);
    expect(status).toBe(0);
    expect(stderr).toMatch(/^SKIPPED: known vulnerabilities were not checked/);
  });
});
