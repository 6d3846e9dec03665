import express from "express";
import { describe, expect, it } from "vitest";
import { UnavailableError } from "../src/errors.ts";
import { createMetrics } from "../src/metrics.ts";
import { serve } from "./support/serve.ts";

const KNOWN = new Set(["/hello", "/gone"]);

async function start() {
  const metrics = createMetrics({
    name: "test",
    toRoute: (path) => (KNOWN.has(path) ? path : "other"),
  });
  const app = express().get("/metrics", metrics.route).use(metrics.requests);
  app.get("/hello", (_req, res) => void res.send("hello"));
  app.get("/gone", (_req, res) => void res.sendStatus(410));
  const url = await serve(app);
  const read = async (): Promise<string> => (await fetch(`${url}/metrics`)).text();
  return { metrics, url, read };
}

describe("the metrics of a process", () => {
  it("tell how many requests there were, by route and status, and how long they took", async () => {
    const { url, read } = await start();
    await fetch(`${url}/hello`);
    await fetch(`${url}/hello?token=hunter2`);
    await fetch(`${url}/gone`);
    await expect
      .poll(read)
      .toMatch(/_count\{service="test",method="GET",route="\/gone",status="410"\} 1/);
    const text = await read();
    expect(text).toMatch(/_count\{service="test",method="GET",route="\/hello",status="200"\} 2/);
    expect(text).not.toContain("hunter2");
  });

  // @rule OPS-3
  it("create no new series for paths or methods invented by callers", async () => {
    const { url, read } = await start();
    for (const path of ["/a", "/b", "/hello/alice"])
      await fetch(url + path, { method: "PROPFIND" });
    await expect
      .poll(read)
      .toMatch(/_count\{service="test",method="other",route="other",status="404"\} 3/);
    expect(await read()).not.toMatch(/alice|PROPFIND/);
  });

  it("count an operation by its answer, or by the code of its error", async () => {
    const { metrics, read } = await start();
    const answers: (() => Promise<number>)[] = [
      async () => 1,
      async () => 2,
      () => Promise.reject(new UnavailableError("away")),
      () => Promise.reject(new TypeError("hunter2")),
    ];
    const work = metrics.outcomes("things_total", "Things").counted(
      (index: number) => answers[index]!(),
      (answer) => (answer > 1 ? "many" : "one"),
    );
    expect(await work(0)).toBe(1);
    expect(await work(1)).toBe(2);
    await expect(work(2)).rejects.toThrow("away");
    await expect(work(3)).rejects.toThrow(TypeError);
    const text = await read();
    for (const outcome of ["one", "many", "temporarily_unavailable", "failed"]) {
      expect(text).toContain(`things_total{outcome="${outcome}",service="test"} 1`);
    }
    expect(text).not.toContain("hunter2");
  });

  it("tell about the process when they are to", async () => {
    const { metrics, read } = await start();
    expect(await read()).not.toContain("process_cpu_seconds_total");
    metrics.measureProcess();
    expect(await read()).toContain("process_cpu_seconds_total");
  });
});
