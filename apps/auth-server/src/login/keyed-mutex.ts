/**
 * Runs works on the same thing one after the other, in this process. Many that change one record at
 * once would otherwise fail each other's tries; between replicas those tries remain.
 */
export type KeyedMutex = <T>(thing: string, work: () => Promise<T>) => Promise<T>;

export function createKeyedMutex(): KeyedMutex {
  const latest = new Map<string, Promise<unknown>>();
  return async (thing, work) => {
    const before = latest.get(thing);
    const own = before === undefined ? work() : before.then(work, work);
    latest.set(thing, own);
    try {
      return await own;
    } finally {
      if (latest.get(thing) === own) latest.delete(thing);
    }
  };
}
