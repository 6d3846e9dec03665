// A redis-server binary on this machine, for tests that start their own servers.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import path from "node:path";

/** The command to start and the environment it needs. */
export interface RedisBinary {
  file: string;
  env: Record<string, string>;
}

const CACHE = path.resolve("node_modules/.cache/redis-debian");

/** The ways to find a server binary that tests can start themselves. */
export const BINARIES: Record<string, () => RedisBinary> = {
  local: () => {
    for (const file of ["valkey-server", "redis-server"]) {
      if (spawnSync(file, ["--version"]).status === 0) return { file, env: {} };
    }
    throw new Error("neither valkey-server nor redis-server is on PATH");
  },
  debian: unpackDebian,
};

function unpackDebian(): RedisBinary {
  const root = path.join(CACHE, "root");
  const file = path.join(root, "usr/bin/redis-server");
  const libraries = path.join(root, "usr/lib", `${debianArch()}-linux-gnu`);
  if (!existsSync(file)) {
    for (const dir of ["lists/partial", "archives/partial", "root"]) {
      mkdirSync(path.join(CACHE, dir), { recursive: true });
    }
    const own = [`Dir::State::Lists=${CACHE}/lists`, `Dir::Cache=${CACHE}`, "Debug::NoLocking=1"];
    const options = own.flatMap((option) => ["-o", option]);
    sh("apt-get", [...options, "update"], CACHE);
    const packages = ["redis-tools", "libjemalloc2", "liblzf1", "libatomic1"];
    sh("apt-get", [...options, "download", ...packages], path.join(CACHE, "archives"));
    sh("sh", ["-c", 'for deb in archives/*.deb; do dpkg -x "$deb" root; done'], CACHE);
    rmSync(path.join(CACHE, "lists"), { recursive: true });
    // the server is redis-check-rdb under another name
    symlinkSync("redis-check-rdb", file);
  }
  return { file, env: { LD_LIBRARY_PATH: libraries } };
}

function debianArch(): string {
  return process.arch === "arm64" ? "aarch64" : "x86_64";
}

function sh(command: string, args: string[], cwd: string): void {
  const { error, status, stderr } = spawnSync(command, args, { cwd, encoding: "utf8" });
  if (error) throw new Error(`${command}: ${error.message}`);
  if (status !== 0)
    throw new Error(`${command} ${args.at(-1)}: ${stderr.trim().split("\n").at(-1)}`);
}
