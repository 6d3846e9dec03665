import { expect } from "vitest";
import type { Answer, Api } from "./api.ts";

/** Somebody who uses the API; every request but `call` is expected to succeed. */
export interface ApiUser {
  /** Answers whatever comes. */
  call(request: string, body?: unknown): Promise<Answer>;
  get(path: string): Promise<any>;
  post(path: string, body?: object): Promise<any>;
  /** With the version that is current, unless the body has one. */
  patch(path: string, body: object): Promise<any>;
  remove(path: string): Promise<void>;
}

/** @param getApi called for each request, because every test has its own. */
export function createApiUser(getApi: () => Api, as: string): ApiUser {
  const call = (request: string, body?: unknown): Promise<Answer> =>
    getApi().call(request, { as, ...(body !== undefined && { body }) });
  const succeed = async (request: string, body?: unknown): Promise<any> => {
    const answer = await call(request, body);
    expect({ request, ...answer, ok: answer.status < 300 }).toMatchObject({ ok: true });
    return answer.body;
  };
  return {
    call,
    get: (path) => succeed(`GET ${path}`),
    post: (path, body) => succeed(`POST ${path}`, body),
    patch: async (path, body) => {
      const { version } = await succeed(`GET ${path}`);
      return succeed(`PATCH ${path}`, { ...(version !== undefined && { version }), ...body });
    },
    remove: async (path) => {
      await succeed(`DELETE ${path}`);
    },
  };
}
