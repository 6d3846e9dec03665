import { existsSync } from "node:fs";
import process from "node:process";

/** The environment of the services. Shell variables override those in the .env file. */
export function readEnvironmentFile(): NodeJS.ProcessEnv {
  if (existsSync(".env")) process.loadEnvFile(".env");
  if (process.env["TAIGA_API_URL"] === "") delete process.env["TAIGA_API_URL"];
  const sandboxPort = process.env["SANDBOX_PORT"] || "3003";
  return {
    // People read this terminal, so requests are logged only on demand.
    LOG_LEVEL: "warn",
    SANDBOX_API_URL: `http://localhost:${sandboxPort}/api/v1`,
    ...process.env,
    // If set for the whole machine, it would send requests between the services through the proxy.
    NODE_USE_ENV_PROXY: "",
  };
}
