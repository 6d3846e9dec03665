/**
 * A table's own entry under an untrusted name. Plain indexing would also find `constructor` and the
 * other members that every object inherits.
 */
export const ownProperty = <Value>(table: Record<string, Value>, name: string): Value | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;
