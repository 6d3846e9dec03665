import { existsSync } from "node:fs";
import process from "node:process";

/** What the services are started with. Variables of the shell win over those of an .env file. */
export function readEnvironmentFile(): NodeJS.ProcessEnv {
  if (existsSync(".env")) process.loadEnvFile(".env");
  if (process.env["TAIGA_API_URL"] === "") delete process.env["TAIGA_API_URL"];
  const sandboxPort = process.env["SANDBOX_PORT"] || "3003";
  return {
    // A person reads this terminal: requests are logged only when asked for.
    LOG_LEVEL: "warn",
    SANDBOX_API_URL: `http://localhost:${sandboxPort}/api/v1`,
    ...process.env,
    // Set for a whole machine, it would lead the services to one another through the proxy.
    NODE_USE_ENV_PROXY: "",
  };
}
