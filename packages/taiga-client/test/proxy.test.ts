import { describe, expect, it } from "vitest";
import { startHiddenTaiga, startProxy } from "./support/hidden-taiga.ts";
import {
  openTransport,
  requestOf,
  startTaiga,
  startTlsTaiga,
  TEST_AUTHORITY,
} from "./support/taiga-server.ts";

const WRITES = ["POST", "PATCH", "DELETE"] as const;
const ca = [TEST_AUTHORITY];

describe("a proxy in front of an https Taiga", () => {
  it("opens tunnels by Taiga's name, and sees nothing of what goes through them", async () => {
    const { transport, proxy, received } = await startHiddenTaiga();

    expect((await transport.send(requestOf("GET"))).text).toBe("taiga.test/api/v1/users/me");
    expect((await transport.send(requestOf("POST"))).status).toBe(200);
    expect(new Set(proxy.asked)).toEqual(new Set(["CONNECT taiga.test:443"]));
    expect(received.map(({ method }) => method)).toEqual(["GET", "POST"]);
  });

  it("gets user name and password, and Taiga does not", async () => {
    const { port, received } = await startTlsTaiga((_req, res) => res.end());
    const proxy = await startProxy(port);
    const url = proxy.url.replace("//", "//us%40er:p%23ss@");

    const apiUrl = "https://taiga.test/api/v1";
    await openTransport({ apiUrl, ca, proxy: { url } }).send(requestOf("GET"));

    expect(proxy.credentials).toEqual([`Basic ${btoa("us@er:p#ss")}`]);
    expect(received[0]?.headers).not.toHaveProperty("proxy-authorization");
  });

  it("does not make a certificate for another name valid", async () => {
    const { port } = await startTlsTaiga((_req, res) => res.end());
    const proxy = await startProxy(port);
    const apiUrl = "https://other.test/api/v1";

    await expect(
      openTransport({ apiUrl, ca, proxy: { url: proxy.url } }).send(requestOf("GET")),
    ).rejects.toMatchObject({ cause: { code: "ERR_TLS_CERT_ALTNAME_INVALID" } });
  });

  it.each([503, "cut"] as const)("is asked again for a GET: tunnel %s", async (answer) => {
    const { transport, proxy, received } = await startHiddenTaiga();
    proxy.answerNext(answer);

    expect((await transport.send(requestOf("GET"))).status).toBe(200);
    expect(proxy.asked).toHaveLength(2);
    expect(received).toHaveLength(1);
  });

  it.each([407, 503, "cut"] as const)(
    "is asked once for a POST, which then was certainly not sent: tunnel %s",
    async (answer) => {
      const { transport, proxy, received } = await startHiddenTaiga();
      proxy.answerNext(answer);

      await expect(transport.send(requestOf("POST"))).rejects.toMatchObject({
        code: "unavailable",
        message: "Taiga cannot be reached",
        outcomeUnknown: false,
      });
      expect(proxy.asked).toHaveLength(1);
      expect(received).toHaveLength(0);
    },
  );

  it("gets a short time limit to open the tunnel", async () => {
    const { transport, proxy } = await startHiddenTaiga();
    proxy.answerNext("hang");

    const start = performance.now();
    await expect(transport.send(requestOf("POST"))).rejects.toMatchObject({
      code: "unavailable",
      outcomeUnknown: false,
    });
    // Three seconds and no second try; without a time limit it would be minutes.
    expect(performance.now() - start).toBeLessThan(30_000);
    expect(proxy.asked).toHaveLength(1);
  });

  it("does not change the handling of a silent Taiga: a write may have happened and is not repeated", async () => {
    const { transport, received } = await startHiddenTaiga({ timeoutMs: 100 });

    await expect(transport.send({ ...requestOf("POST"), path: "/silent" })).rejects.toMatchObject({
      message: "Taiga did not answer in time",
      outcomeUnknown: true,
    });
    expect(received).toHaveLength(1);
  });

  it.each(WRITES)("never has a %s sent twice when the tunnel breaks", async (method) => {
    const { port, received } = await startTlsTaiga((req) => req.socket.destroy());
    const proxy = await startProxy(port);
    const apiUrl = "https://taiga.test/api/v1";
    const transport = openTransport({ apiUrl, ca, proxy: { url: proxy.url } });

    await expect(transport.send(requestOf(method))).rejects.toMatchObject({
      code: "unavailable",
      outcomeUnknown: true,
    });
    expect(received).toHaveLength(1);
  });

  it("may be down: then nothing was sent", async () => {
    const proxy = { url: "http://127.0.0.1:1" };
    const transport = openTransport({ apiUrl: "https://taiga.test/api/v1", proxy });

    await expect(transport.send(requestOf("POST"))).rejects.toMatchObject({
      code: "unavailable",
      outcomeUnknown: false,
      cause: { code: "ECONNREFUSED" },
    });
  });
});

describe("a proxy in front of an http Taiga", () => {
  const start = async () => {
    const { received, port } = await startTaiga((req, res) =>
      res.end(`${req.headers.host}${req.url}`),
    );
    const proxy = await startProxy(port);
    const url = proxy.url.replace("//", "//user:password@");
    const transport = openTransport({ apiUrl: "http://taiga.test/api/v1", proxy: { url } });
    return { received, proxy, transport };
  };

  it("forwards each request, and keeps user name and password to itself", async () => {
    const { transport, proxy, received } = await start();

    const answer = await transport.send({ ...requestOf("GET"), query: "a=1" });

    expect(answer.text).toBe("taiga.test/api/v1/users/me?a=1");
    expect(proxy.asked).toEqual(["GET http://taiga.test/api/v1/users/me?a=1"]);
    expect(proxy.credentials).toEqual([`Basic ${btoa("user:password")}`]);
    expect(received[0]?.headers).not.toHaveProperty("proxy-authorization");
  });

  it.each(["GET", "POST"] as const)(
    "that refuses authentication of a %s: nothing was sent, and the error is not a bug",
    async (method) => {
      const { transport, proxy, received } = await start();
      proxy.answerNext(407);

      await expect(transport.send(requestOf(method))).rejects.toMatchObject({
        name: "TaigaError",
        code: "unavailable",
        message: "Taiga cannot be reached",
        outcomeUnknown: false,
      });
      expect(received).toHaveLength(0);
      expect((await transport.send(requestOf(method))).status).toBe(200);
    },
  );

  it.each([
    ["GET", 2],
    ["POST", 1],
  ] as const)("that is overloaded gets a %s %i times", async (method, times) => {
    const { transport, proxy } = await start();
    proxy.answerNext(503);

    await transport.send(requestOf(method));
    expect(proxy.asked).toHaveLength(times);
  });
});
