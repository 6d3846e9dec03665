import type { AuthInfo } from "@modelcontextprotocol/server";

/** By the verified token of one request, which the SDK passes on unchanged. */
const seconds = new WeakMap<AuthInfo, number>();

/** Notes that a call of this request was refused for a time; the HTTP answer says so. */
export const setRetryAfter = (authInfo: AuthInfo | undefined, wait: number): void => {
  if (authInfo !== undefined) seconds.set(authInfo, Math.max(wait, seconds.get(authInfo) ?? 0));
};

/** @returns `undefined` if no call of the request was refused. */
export const retryAfterOf = (authInfo: AuthInfo | undefined): number | undefined =>
  authInfo && seconds.get(authInfo);
