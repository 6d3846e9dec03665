// Client ID metadata documents, with the real program and its real resolver.
import { type AddressInfo, createServer, type Server } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startSystem, type System } from "../support/system.ts";

let system: System;
let inside: Server;
let connections = 0;
beforeAll(async () => {
  inside = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => inside.listen(0, "127.0.0.1", resolve));
  system = await startSystem({ CLIENT_ID_METADATA_DOCUMENTS: "on" });
});
afterAll(async () => {
  await system.stop();
  inside.close();
});

describe("documents", () => {
  // @rule CIMD-1
  it("are announced in the metadata when they are enabled", async () => {
    const response = await fetch(`${system.issuer}/.well-known/oauth-authorization-server`);
    expect(await response.json()).toMatchObject({ client_id_metadata_document_supported: true });
  });

  // @rule CIMD-7
  it.each(["localhost", "127.0.0.1", "[::1]", "2130706433"])(
    "are not fetched from %s: no connection is made, and a page says why",
    async (host) => {
      const { port } = inside.address() as AddressInfo;
      const url = new URL(`${system.issuer}/authorize`);
      url.search = new URLSearchParams({
        response_type: "code",
        client_id: `https://${host}:${port}/client`,
        redirect_uri: "http://localhost/callback",
        code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        code_challenge_method: "S256",
        resource: system.mcpUrl,
      }).toString();
      const response = await fetch(url, { redirect: "manual" });
      expect(response.status).toBe(400);
      expect(response.headers.get("content-type")).toContain("text/html");
      expect(await response.text()).toContain("This app could not be checked");
      expect(connections).toBe(0);
    },
  );
});
