import { z } from "zod";
import type { TaigaRequest } from "../taiga-request.ts";
import { noContent, timestamp } from "./schema-parts.ts";

/** A value that a user keeps at Taiga. */
export const StoredValue = z.object({
  key: z.string(),
  /** Any JSON. */
  value: z.unknown(),
  created_date: timestamp,
  modified_date: timestamp,
});
export type StoredValue = z.output<typeof StoredValue>;

/** The asking user's own key-value store. Keys with `/` or `.` cannot be read back from Taiga. */
export interface UserStorage {
  list(keys?: readonly string[]): Promise<StoredValue[]>;
  get(key: string): Promise<StoredValue>;
  /** @throws {TaigaError} `validation_failed` for a key that exists. */
  create(key: string, value: unknown): Promise<StoredValue>;
  /** @throws {TaigaError} `not_found` for a key that does not exist. */
  update(key: string, value: unknown): Promise<StoredValue>;
  delete(key: string): Promise<void>;
}

/** `/user-storage` */
export function createUserStorage(request: TaigaRequest): UserStorage {
  const path = "/user-storage";
  const toPath = (key: string) => `${path}/${encodeURIComponent(key)}`;
  const schema = StoredValue;
  return {
    list: async (keys) => {
      const call = { path, query: { keys }, wholeList: true };
      return (await request({ ...call, schema: z.array(schema) })).data;
    },
    get: async (key) => (await request({ path: toPath(key), schema })).data,
    create: async (key, value) =>
      (await request({ method: "POST", path, body: { key, value }, schema })).data,
    update: async (key, value) =>
      (await request({ method: "PATCH", path: toPath(key), body: { value }, schema })).data,
    delete: async (key) => {
      await request({ method: "DELETE", path: toPath(key), schema: noContent });
    },
  };
}
