// An authorization server with all its parts, in this process, on a store that a test breaks.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createLocalBroadcast, type Kv } from "../../packages/store/src/index.ts";
import { createSandbox } from "../../packages/taiga-sandbox/src/index.ts";
import { startReplica } from "./simulated-months.ts";

export interface TaigaAddress {
  url: string;
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
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Real pages, a real vault, a real engine, joined as main.ts joins them. */
export const startAuthServer = (
  kv: Kv,
  taiga: TaigaAddress,
  sleep?: (ms: number) => Promise<undefined>,
) =>
  startReplica({
    kv,
    broadcast: createLocalBroadcast(),
    taigaApiUrl: taiga.url,
    ...(sleep && { sleep }),
  });
