import { toSettingNames } from "@taiga-mcp/service";
import { AuthServerSettings } from "../apps/auth-server/src/settings.ts";
import { ResourceServerSettings } from "../apps/resource-server/src/settings.ts";

/** The variables that `pnpm start` and `pnpm admin` pass on to something that reads them. */
export const PROGRAM_SETTINGS: readonly string[] = [
  ...toSettingNames(AuthServerSettings),
  ...toSettingNames(ResourceServerSettings),
  // The sandbox, which shares no code with the services.
  "SANDBOX_PORT",
  "SANDBOX_HOST",
  "SANDBOX_APPLICATION_NEXT_URL",
  "SANDBOX_ALLOW_PRIVATE_WEBHOOKS",
  "DANGEROUSLY_EXPOSE_SANDBOX",
];

/** What else may be in `.env`: the variables of docker-compose.yml and of the files in deploy/. */
const COMPOSE_SETTINGS = [
  "BIND_ADDRESS",
  "HTTPS_PORT",
  "HTTP_PORT",
  "TLS_DIR",
  "ACME_DIR",
  "AUTH_SERVER_STORE_URL",
  "RESOURCE_SERVER_STORE_URL",
  "PUBLIC_HOST",
  "TRAEFIK_NETWORK",
  "AUTH_SERVER_REPLICAS",
  "RESOURCE_SERVER_REPLICAS",
  "NODE_IMAGE",
  "NGINX_IMAGE",
  "REDIS_IMAGE",
  "CADDY_IMAGE",
];

/** Read by Compose, Docker, Node.js and the C library. */
const OTHERS_SETTING = /^((COMPOSE|DOCKER|BUILDKIT|NODE)_\w+|NO_COLOR|FORCE_COLOR|TZ|LANG|LC_\w+)$/;

export const ENV_FILE_SETTINGS: readonly string[] = [...PROGRAM_SETTINGS, ...COMPOSE_SETTINGS];

export const isEnvFileSetting = (name: string): boolean =>
  ENV_FILE_SETTINGS.includes(name) || OTHERS_SETTING.test(name);
