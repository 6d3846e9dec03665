// How the containers handle settings, without starting the platform.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createPlatform, type Platform } from "./support/platform.ts";

const MINUTE_MS = 60_000;
const PUBLIC = "PUBLIC_URL=https://mcp.example.com";

let platform: Platform;

beforeAll(async () => {
  platform = await createPlatform();
  await platform.compose(["build"]);
  await platform.compose(["run", "--rm", "--no-deps", "-T", "setup"]);
}, 12 * MINUTE_MS);

afterAll(() => platform.remove(), 3 * MINUTE_MS);

/** Runs one service until it ends, with an additional setting. */
const run = (service: string, setting: string): Promise<string> =>
  platform.compose(["run", "--rm", "--no-deps", "-T", "-e", setting, service]);

describe("an existing Taiga", () => {
  it("replaces the sandbox", async () => {
    const own = { TAIGA_API_URL: "https://taiga.example.com" };
    const services = async (environment = {}): Promise<string[]> =>
      (await platform.compose(["config", "--services"], environment)).trim().split("\n");
    expect(await services()).toContain("sandbox");
    expect(await services(own)).not.toContain("sandbox");
  });

  it.each(["auth-server", "resource-server"])(
    "at localhost is refused by %s, with the address to use instead",
    async (service) => {
      const outcome = run(service, "TAIGA_API_URL=http://localhost:9000");
      await expect(outcome).rejects.toThrow("host.docker.internal");
    },
    MINUTE_MS,
  );
});

describe("a public address", () => {
  it.each(["auth-server", "resource-server"])(
    "for the sandbox is refused by %s, because its passwords are known",
    async (service) => {
      await expect(run(service, PUBLIC)).rejects.toThrow("TAIGA_API_URL is not set");
    },
    MINUTE_MS,
  );

  it(
    "without a certificate is refused by the set-up, with instructions",
    async () => {
      await expect(run("setup", PUBLIC)).rejects.toThrow("needs a certificate of its own");
    },
    MINUTE_MS,
  );
});

describe("the set-up", () => {
  /** Reads as the service's user: without capabilities, even root may not read the file. */
  const read = (file: string): Promise<string> => {
    const user = file.startsWith("/ca/") ? "root" : "1000:1000";
    const command = `run --rm --no-deps -T --user ${user} --entrypoint cat setup ${file}`;
    return platform.compose(command.split(" "));
  };

  it.each(["/auth-secrets/master-key", "/tls/fullchain.pem", "/ca/ca.crt"])(
    "keeps %s when it runs again",
    async (file) => {
      const before = await read(file);
      await platform.compose(["run", "--rm", "--no-deps", "-T", "setup"]);
      expect(await read(file)).toBe(before);
    },
    MINUTE_MS,
  );

  // @rule MCP-TRANSPORT-3
  it("names no IP address in the certificate for localhost, and makes an older one anew", async () => {
    const setUp = async (script: string): Promise<string> => {
      const command = "run --rm --no-deps -T --entrypoint sh setup -c".split(" ");
      return platform.compose([...command, script]);
    };
    const names = "openssl x509 -noout -ext subjectAltName -in /tls/fullchain.pem";
    expect(await setUp(names)).toMatch(/DNS:localhost\s*$/);
    await setUp("rm /ca/names");
    const before = await read("/tls/fullchain.pem");
    await platform.compose(["run", "--rm", "--no-deps", "-T", "setup"]);
    expect(await read("/tls/fullchain.pem")).not.toBe(before);
    expect(await setUp(names)).toMatch(/DNS:localhost\s*$/);
  });

  it("makes a master key of 32 bytes", async () => {
    expect(await read("/auth-secrets/master-key")).toMatch(/^[\w-]{43}$/m);
  });
});

describe("the demo of the login on Taiga's own pages", () => {
  interface Service {
    environment: Record<string, string>;
    ports?: { host_ip: string; published: string }[];
  }
  async function services(environment: Record<string, string>) {
    const files = ["docker-compose.yml", "deploy/application-login/compose.yml"];
    const args = [...files.flatMap((file) => ["-f", file]), "config", "--format", "json"];
    const config = await platform.compose(args, environment);
    return (JSON.parse(config) as { services: Record<string, Service> }).services;
  }

  it("publishes the sandbox's pages to this machine only, and redirects back from them", async () => {
    const { sandbox, "auth-server": authServer } = await services({
      SANDBOX_PORT: "4444",
      ISSUER: "https://localhost:9443",
    });
    expect(sandbox?.ports).toMatchObject([{ host_ip: "127.0.0.1", published: "4444" }]);
    expect(sandbox?.environment).toMatchObject({
      SANDBOX_APPLICATION_NEXT_URL: "https://localhost:9443/taiga/callback",
    });
    expect(authServer?.environment).toMatchObject({
      TAIGA_LOGIN: "both",
      TAIGA_WEB_URL: "http://localhost:4444",
    });
  });

  it("is refused with an existing Taiga", async () => {
    const own = services({ TAIGA_API_URL: "https://taiga.example.com" });
    await expect(own).rejects.toThrow("sandbox");
  });
});

describe("the sandbox", () => {
  it(
    "refuses to listen beyond loopback without DANGEROUSLY_EXPOSE_SANDBOX",
    async () => {
      const setting = "DANGEROUSLY_EXPOSE_SANDBOX=";
      await expect(run("sandbox", setting)).rejects.toThrow("SANDBOX_HOST");
    },
    MINUTE_MS,
  );
});
