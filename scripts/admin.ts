// Runs the operator's program with the same settings as scripts/start.ts.
import { spawnSync } from "node:child_process";
import process from "node:process";
import { ConfigurationError } from "@taiga-mcp/service";
import { readEnvironmentFile } from "./environment-file.ts";

try {
  const { environment, warnings } = readEnvironmentFile();
  for (const warning of warnings) console.error(warning);
  // In a child process, because Node.js reads NODE_USE_ENV_PROXY and NODE_EXTRA_CA_CERTS only at start.
  const { status } = spawnSync(
    process.execPath,
    [...process.execArgv, "apps/auth-server/src/admin.ts", ...process.argv.slice(2)],
    { stdio: "inherit", env: environment },
  );
  process.exitCode = status ?? 1;
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
