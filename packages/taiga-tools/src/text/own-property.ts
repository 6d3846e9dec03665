/**
 * Looks up an untrusted name in a table. Plain indexing would also find `constructor` and other
 * members that every object inherits.
 */
export const ownProperty = <Value>(table: Record<string, Value>, name: string): Value | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;
