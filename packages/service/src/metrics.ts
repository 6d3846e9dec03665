import type { RequestHandler } from "express";
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import { CodedError } from "./errors.ts";

/** Upper ends of the classes of durations, in seconds: from memory, from the store, from Taiga. */
const DURATION_CLASSES_SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Counts the outcomes of a repeated operation. */
export interface OutcomeCounter {
  /**
   * @param outcome one of few: each is a time series of its own, for ever. Never anything that a
   *   caller may choose.
   */
  count: (outcome: string) => void;
  /**
   * Wraps a function so that its calls are counted, by result or by the code of the error.
   * @param toOutcome names an answer; "ok" when left out.
   */
  counted<Args extends unknown[], Answer>(
    work: (...args: Args) => Promise<Answer>,
    toOutcome?: (answer: Answer) => string,
  ): (...args: Args) => Promise<Answer>;
}

/** Shows values that go up and down, each under one of few labels. */
export interface LabelledGauge {
  /** @param value `undefined` while it is not known: there is no series then. */
  set: (label: string, value: number | undefined) => void;
}

/** Metrics of one process, for Prometheus. */
export interface Metrics {
  /** Measures each request that passes: how many, how long, with which status. */
  requests: RequestHandler;
  /** Adds CPU, memory, event loop and garbage collection. Once for a process: it never stops. */
  measureProcess(): void;
  /** GET /metrics in the text format of Prometheus (0.0.4). Nothing in it names a person. */
  route: RequestHandler;
  /** @param name in full, such as `taiga_mcp_logins_total`. */
  outcomes: (name: string, help: string) => OutcomeCounter;
  /** @param labelName what the labels name. */
  gauge: (name: string, help: string, labelName: string) => LabelledGauge;
}

export interface MetricsOptions {
  /** The service, a label of every series. */
  name: string;
  /** The route of a request's path: one of few, whatever callers ask for. */
  toRoute: (path: string) => string;
}

/** Metrics of this process alone: Prometheus asks each replica. */
export function createMetrics({ name, toRoute }: MetricsOptions): Metrics {
  const registry = new Registry();
  const registers = [registry];
  registry.setDefaultLabels({ service: name });
  const durations = new Histogram({
    name: "http_request_duration_seconds",
    help: "How long requests took, from the request to the end of the answer",
    labelNames: ["method", "route", "status"],
    buckets: DURATION_CLASSES_SECONDS,
    registers,
  });

  return {
    measureProcess: () => collectDefaultMetrics({ register: registry }),

    requests: ({ method, path }, res, next) => {
      const startedAt = performance.now();
      res.once("close", () => {
        const labels = { method: toMethod(method), route: toRoute(path), status: res.statusCode };
        durations.observe(labels, (performance.now() - startedAt) / 1_000);
      });
      next();
    },

    route: async (_req, res) => {
      const text = await registry.metrics();
      res.set("Cache-Control", "no-store").type(registry.contentType).send(text);
    },

    gauge: (gaugeName, help, labelName) => {
      const gauge = new Gauge({ name: gaugeName, help, labelNames: [labelName], registers });
      return {
        set: (label, value) => {
          if (value === undefined) gauge.remove(label);
          else gauge.set({ [labelName]: label }, value);
        },
      };
    },

    outcomes: (counterName, help) => {
      const counter = new Counter({ name: counterName, help, labelNames: ["outcome"], registers });
      const count = (outcome: string): void => counter.inc({ outcome });
      return {
        count,
        counted:
          (work, toOutcome = () => "ok") =>
          async (...args) => {
            try {
              const answer = await work(...args);
              count(toOutcome(answer));
              return answer;
            } catch (error) {
              count(error instanceof CodedError ? error.code : "failed");
              throw error;
            }
          },
      };
    },
  };
}

const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"]);

/** HTTP allows any method, and a label must not. */
const toMethod = (method: string): string => (METHODS.has(method) ? method : "other");
