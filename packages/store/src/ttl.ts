/**
 * Lets only lifetimes through that every store can keep.
 * @returns `ttlSeconds` itself.
 * @throws {RangeError} when it is not a whole number of at least 1: a claim that expires at once
 *   would be granted to every caller.
 */
export function checkTtl(ttlSeconds: number): number {
  if (Number.isSafeInteger(ttlSeconds) && ttlSeconds >= 1) return ttlSeconds;
  throw new RangeError(`ttlSeconds must be a whole number of at least 1, not ${ttlSeconds}`);
}
