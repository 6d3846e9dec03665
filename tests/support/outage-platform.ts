// A complete authorization server in this process, on a store that a test can break.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { System } from "../../apps/auth-server/test/support/system.ts";
import { startWhole } from "../../apps/auth-server/test/support/whole.ts";
import type { Broadcast, Kv } from "../../packages/store/src/index.ts";
import { createTaigaTransport } from "../../packages/taiga-client/src/index.ts";
import { createSandbox, type Sandbox } from "../../packages/taiga-sandbox/src/index.ts";

export interface TaigaAddress {
  /** The URL of its API. */
  url: string;
  sandbox: Sandbox;
  close(): void;
}

/** A Taiga with the demo's users. */
export async function startTaiga(): Promise<TaigaAddress> {
  const sandbox = createSandbox({
    clock: () => new Date(),
    secret: "a secret of the sandbox in this test",
    seed: "demo",
  });
  const server = createServer(sandbox.app);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    sandbox,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

export interface AuthServerOptions {
  kv: Kv;
  taiga: TaigaAddress;
  broadcast?: Broadcast;
  /** Defaults to the address of its public listener. */
  issuer?: string;
  /** If omitted, waits of a second and more are skipped. */
  sleep?: (ms: number) => Promise<void>;
}

/** Starts the authorization server with its real pages and vault, connected to the given Taiga. */
export async function startAuthServer(options: AuthServerOptions): Promise<System> {
  const {
    taiga: { url },
    issuer,
    ...rest
  } = options;
  const taiga = createTaigaTransport({ apiUrl: url });
  const settings = { TAIGA_API_URL: url, ...(issuer !== undefined && { ISSUER: issuer }) };
  const system = await startWhole({ ...rest, taiga, settings });
  const close = async (): Promise<void> => {
    await system.close();
    await taiga.close();
  };
  return { ...system, close };
}
