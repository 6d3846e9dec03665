// A service that a request can break: /slow answers when the process has been told to stop, /hang never;
// /throw and /reject cause an error that nothing handles.
import type { ServerResponse } from "node:http";
import process from "node:process";
import { setTimeout as delay } from "node:timers/promises";
import { listen, runService } from "../../src/lifecycle.ts";

const FAULTS: Record<string, (res: ServerResponse) => void> = {
  "/slow": (res) => {
    res.write("begun, ");
    slow = res;
  },
  "/throw": (res) => {
    res.end();
    setTimeout(() => {
      throw new TypeError("x is not a function");
    });
  },
  "/reject": (res) => {
    res.end();
    void Promise.reject(new Error("nobody waits for this"));
  },
};

let slow: ServerResponse | undefined;

await runService("faulty", process, async () => {
  const app = await listen((req, res) => FAULTS[req.url ?? ""]?.(res), {
    host: "127.0.0.1",
    port: 0,
    setting: "PORT",
  });
  return {
    message: `http://127.0.0.1:${app.port}`,
    close: async () => {
      const closed = app.close();
      await delay(100);
      slow?.end("and finished");
      await closed;
    },
  };
});
