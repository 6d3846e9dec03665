// The operator's program, with the settings that scripts/start.ts starts the services with.
import { spawnSync } from "node:child_process";
import process from "node:process";
import { readEnvironmentFile } from "./environment-file.ts";

// A process of its own: Node.js reads NODE_USE_ENV_PROXY and NODE_EXTRA_CA_CERTS only as it starts.
const { status } = spawnSync(
  process.execPath,
  [...process.execArgv, "apps/auth-server/src/admin.ts", ...process.argv.slice(2)],
  { stdio: "inherit", env: readEnvironmentFile() },
);
process.exitCode = status ?? 1;
