import { describe, expect, it, onTestFinished, vi } from "vitest";
import { startHiddenTaiga, startProxy } from "./support/hidden-taiga.ts";
import { openTransport, requestOf, startTlsTaiga, TEST_AUTHORITY } from "./support/taiga-server.ts";

const WRITES = ["POST", "PATCH", "DELETE"] as const;
const ca = [TEST_AUTHORITY];

describe("a private certificate authority", () => {
  const start = async () => {
    const { received, port } = await startTlsTaiga((_req, res) => res.end("fine"));
    return { received, port, apiUrl: `https://localhost:${port}/api/v1` };
  };

  it("is trusted for Taiga by the name in its address, not by its IP address", async () => {
    const { apiUrl } = await start();
    const transport = openTransport({ apiUrl, ca });

    expect((await transport.send(requestOf("GET"))).text).toBe("fine");
    expect((await transport.send(requestOf("POST"))).text).toBe("fine");
  });

  // @rule LOGIN-2
  it("is trusted only when given", async () => {
    const { received, apiUrl } = await start();

    await expect(openTransport({ apiUrl }).send(requestOf("POST"))).rejects.toMatchObject({
      code: "unavailable",
      outcomeUnknown: false,
      cause: { code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" },
    });
    expect(received).toHaveLength(0);
  });

  // @rule LOGIN-2
  it("is accepted only for the names in its certificates", async () => {
    const { received, port } = await start();
    const transport = openTransport({ apiUrl: `https://127.0.0.1:${port}/api/v1`, ca });

    await expect(transport.send(requestOf("GET"))).rejects.toMatchObject({
      cause: { code: "ERR_TLS_CERT_ALTNAME_INVALID" },
    });
    expect(received).toHaveLength(0);
  });

  it.each(WRITES)("does not make a %s be sent twice", async (method) => {
    const { received, port } = await startTlsTaiga((req) => req.socket.destroy());
    const transport = openTransport({ apiUrl: `https://localhost:${port}/api/v1`, ca });

    await expect(transport.send(requestOf(method))).rejects.toMatchObject({
      code: "unavailable",
      outcomeUnknown: true,
    });
    expect(received).toHaveLength(1);
  });
});

describe("hosts reached without the proxy", () => {
  const askedWith = async (noProxy: string): Promise<number> => {
    const { port } = await startTlsTaiga((_req, res) => res.end("fine"));
    const proxy = await startProxy(port);
    const apiUrl = `https://localhost:${port}/api/v1`;
    const transport = openTransport({
      apiUrl,
      ca,
      proxy: { url: proxy.url, noProxy: noProxy.replace("PORT", `${port}`) },
    });
    expect((await transport.send(requestOf("GET"))).text).toBe("fine");
    return proxy.asked.length;
  };

  it.each(["localhost", "LOCALHOST", "other.test, localhost", "*", "localhost:PORT"])(
    "are those in the list: %s",
    async (noProxy) => expect(await askedWith(noProxy)).toBe(0),
  );

  it.each(["", "other.test", "localhost:1", "host", "127.0.0.1"])(
    "do not include hosts outside the list: %j",
    async (noProxy) => expect(await askedWith(noProxy)).toBe(1),
  );

  it("do not come from the environment, and neither does a proxy", async () => {
    onTestFinished(() => void vi.unstubAllEnvs());
    vi.stubEnv("no_proxy", "*");
    expect(await askedWith("other.test")).toBe(1);
    const { transport, proxy } = await startHiddenTaiga();
    expect((await transport.send(requestOf("GET"))).status).toBe(200);
    expect(proxy.asked).toHaveLength(1);

    vi.stubEnv("no_proxy", "");
    vi.stubEnv("https_proxy", "http://127.0.0.1:1");
    const { port } = await startTlsTaiga((_req, res) => res.end("fine"));
    const direct = openTransport({ apiUrl: `https://localhost:${port}/api/v1`, ca });
    expect((await direct.send(requestOf("GET"))).text).toBe("fine");
  });
});
