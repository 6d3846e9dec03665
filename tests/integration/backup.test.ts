// deploy/compose/backup.sh and restore.sh, with a stand-in for Docker whose volumes are folders.
import { execFile } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PROCESS_MS } from "../support/time-limits.ts";

const run = promisify(execFile);

/** `docker run` copies the volumes to one folder, runs tar there, and copies them back. */
const DOCKER = `#!/bin/sh
set -eu
echo "$*" >>"$FAKE/calls"
case "$1 $2" in
"compose config") echo "name: taiga-mcp" ;;
"compose "*) ;;
"volume ls") for volume in "$FAKE"/volumes/*; do name=$(basename "$volume"); echo "taiga-mcp_$name $name"; done ;;
"run "*)
    work=$(mktemp -d)
    shift
    mounts=""
    while [ "$1" != tar ]; do
        if [ "$1" = -v ]; then
            name=$(echo "$2" | sed 's/^taiga-mcp_//; s/:.*//')
            cp -a "$FAKE/volumes/$name" "$work/$name"
            case $2 in *:ro) ;; *) mounts="$mounts $name" ;; esac
            shift
        fi
        shift
    done
    shift
    tar "$1" -C "$work" \${4:+"$4"}
    for name in $mounts; do rm -rf "$FAKE/volumes/$name"; cp -a "$work/$name" "$FAKE/volumes/$name"; done
    rm -rf "$work" ;;
esac
`;

let folder: string;
let fake: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "taiga-mcp-backup-"));
  fake = path.join(folder, "fake");
  for (const [volume, file] of FILES) {
    mkdirSync(path.join(fake, "volumes", volume), { recursive: true });
    writeFileSync(path.join(fake, "volumes", volume, file), `the ${file}`);
  }
  mkdirSync(path.join(fake, "bin"));
  writeFileSync(path.join(fake, "bin/docker"), DOCKER);
  chmodSync(path.join(fake, "bin/docker"), 0o755);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const FILES = [
  ["auth-secrets", "master-key"],
  ["shared-secrets", "rs-client-secret"],
  ["development-ca", "ca.key"],
  ["tls", "privkey.pem"],
  ["redis", "appendonly.aof"],
  ["sandbox", "state.json"],
] as const;

async function script(name: string, ...args: string[]) {
  const env = { PATH: `${fake}/bin:${process.env["PATH"]}`, FAKE: fake };
  return await run(`deploy/compose/${name}`, args, { env, timeout: PROCESS_MS });
}

const list = async (file: string): Promise<string[]> => {
  const { stdout } = await run("tar", ["-tzf", file]);
  return stdout.split("\n").filter((name) => name !== "" && !name.endsWith("/"));
};

describe("a backup", () => {
  // @rule START-5
  it("is two private files, the keys and the development authority apart from the data", async () => {
    const [keys, data] = [path.join(folder, "keys"), path.join(folder, "data")];
    await script("backup.sh", keys, data);
    const [keyFile, dataFile] = [keys, data].map((to) => path.join(to, readdirSync(to)[0] ?? ""));
    expect((await list(keyFile ?? "")).toSorted()).toEqual([
      "./auth-secrets/master-key",
      "./development-ca/ca.key",
      "./shared-secrets/rs-client-secret",
      "./tls/privkey.pem",
    ]);
    expect(await list(dataFile ?? "")).toEqual(["./redis/appendonly.aof"]);
    for (const file of [keys, data, keyFile ?? "", dataFile ?? ""]) {
      expect(statSync(file).mode & 0o077).toBe(0);
    }
    const calls = readFileSync(path.join(fake, "calls"), "utf8");
    expect(calls).toMatch(/compose stop auth-server resource-server redis\n/);
    expect(calls.trim().split("\n").at(-1)).toBe("compose start redis auth-server resource-server");
  });

  it("is restored to what it was", async () => {
    await script("backup.sh", path.join(folder, "keys"), path.join(folder, "data"));
    const [keyFile, dataFile] = ["keys", "data"].map((name) =>
      path.join(folder, name, readdirSync(path.join(folder, name))[0] ?? ""),
    );
    cpSync(path.join(fake, "volumes"), path.join(folder, "before"), { recursive: true });
    for (const [volume, file] of FILES) rmSync(path.join(fake, "volumes", volume, file));
    await script("restore.sh", keyFile ?? "", dataFile ?? "");
    for (const [volume, file] of FILES) {
      expect(existsSync(path.join(fake, "volumes", volume, file))).toBe(volume !== "sandbox");
    }
    expect(readFileSync(path.join(fake, "volumes/redis/appendonly.aof"), "utf8")).toBe(
      "the appendonly.aof",
    );
  });

  // @rule START-5
  it("is refused inside of the checkout, and with keys and data in one folder", async () => {
    const inside = path.join(".data", "backup-test");
    await expect(script("backup.sh", inside, path.join(folder, "data"))).rejects.toThrow(
      /choose a folder outside of it/,
    );
    rmSync(inside, { recursive: true });
    await expect(script("backup.sh", folder, folder)).rejects.toThrow(/choose two folders/);
    expect(existsSync(path.join(fake, "calls"))).toBe(false);
  });
});
