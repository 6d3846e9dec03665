import { expect } from "vitest";
import type { Answer, Api } from "./api.ts";
import type { View } from "./view.ts";

/** A user of the API; every request except `call` is expected to succeed. */
export interface ApiUser {
  /** Returns an answer of any status. */
  call<Body = View>(request: string, body?: unknown): Promise<Answer<Body>>;
  get<Body = View>(path: string): Promise<Body>;
  post<Body = View>(path: string, body?: object): Promise<Body>;
  /** With the version that is current, unless the body has one. */
  patch<Body = View>(path: string, body: object): Promise<Body>;
  remove(path: string): Promise<void>;
}

/** @param getApi called for each request, because every test has its own. */
export function createApiUser(getApi: () => Api, as: string): ApiUser {
  const call = <Body>(request: string, body?: unknown): Promise<Answer<Body>> =>
    getApi().call<Body>(request, { as, ...(body !== undefined && { body }) });
  const succeed = async <Body>(request: string, body?: unknown): Promise<Body> => {
    const answer = await call<Body>(request, body);
    expect({ request, ...answer, ok: answer.status < 300 }).toMatchObject({ ok: true });
    return answer.body;
  };
  return {
    call,
    get: (path) => succeed(`GET ${path}`),
    post: (path, body) => succeed(`POST ${path}`, body),
    patch: async (path, body) => {
      const { version } = await succeed<Partial<View>>(`GET ${path}`);
      return succeed(`PATCH ${path}`, { ...(version !== undefined && { version }), ...body });
    },
    remove: async (path) => {
      await succeed(`DELETE ${path}`);
    },
  };
}
