import { readFileSync } from "node:fs";
import { expect } from "vitest";
import type { Api } from "../support/api.ts";
import type { Json } from "../support/shape.ts";

/**
 * One request to a real Taiga and its answer: an unmodified taiga-back 6.10.0 on PostgreSQL 15,
 * recorded on 2026-11-20. Lists are cut to two entries and "…(+n)" tells how many more there were;
 * passwords, tokens and host names are masked; of the headers only some were kept.
 */
export interface Recorded {
  request: string;
  request_body?: unknown;
  status: number;
  headers: Record<string, string>;
  body: Json;
}

/** By the names that the steps have. */
export const recordings = JSON.parse(
  readFileSync(new URL("../fixtures/observed.json", import.meta.url), "utf8"),
) as Record<string, Recorded>;

/** What the recording does not say: who sent it, and parts that were cut or masked. */
export interface Step {
  /** If omitted, the request is anonymous. */
  as?: string;
  body?: (api: Api) => unknown;
  request?: (recorded: string, api: Api) => Promise<string>;
  headers?: Record<string, string> | ((api: Api) => Promise<Record<string, string>>);
  /** The item's version is taken as it is now, where the recording had more edits before. */
  freshVersion?: true;
  /** Done before: what happened in between through endpoints that are not served. */
  before?: (api: Api) => unknown;
  /** Where other content, not other behaviour, makes the answer differ. */
  differs?: string[];
}

/** In the order in which they were recorded, because each builds on those before. */
export type Steps = Record<string, Step>;

/** Changes a story at its current version. */
export const editStory = async (api: Api, id: number, body: object): Promise<void> => {
  const { version } = (await api.call(`GET /userstories/${id}`, { as: "bob" })).body;
  const answer = await api.call(`PATCH /userstories/${id}`, {
    as: "bob",
    body: { ...body, version },
  });
  expect(answer.status).toBe(200);
};
