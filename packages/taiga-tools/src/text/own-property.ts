/**
 * What a table has under a name that somebody else wrote. Asked directly, an object also answers
 * for `constructor` and whatever else every object has.
 */
export const ownProperty = <Value>(table: Record<string, Value>, name: string): Value | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;
