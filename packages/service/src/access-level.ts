/** What a grant may do in Taiga. Each level includes the ones before it. */
export const ACCESS_LEVELS = ["read", "write", "delete", "admin"] as const;
export type AccessLevel = (typeof ACCESS_LEVELS)[number];

/** The OAuth scope that stands for an access level. */
export type TaigaScope = `taiga:${AccessLevel}`;

export const toScope = (level: AccessLevel): TaigaScope => `taiga:${level}`;

/** The scopes of a level: its own and all below it, lowest first. */
export const toScopes = (level: AccessLevel): TaigaScope[] =>
  ACCESS_LEVELS.slice(0, ACCESS_LEVELS.indexOf(level) + 1).map(toScope);

/**
 * The highest access level that a list of scopes stands for; unknown scopes are ignored.
 * @returns `undefined` when there is no `taiga:` scope among them.
 */
export const toAccessLevel = (scopes: readonly string[]): AccessLevel | undefined =>
  ACCESS_LEVELS.findLast((level) => scopes.includes(toScope(level)));

/** Whether `level` is at most `limit`. */
export const isWithin = (level: AccessLevel, limit: AccessLevel): boolean =>
  ACCESS_LEVELS.indexOf(level) <= ACCESS_LEVELS.indexOf(limit);

/** The lowest of some levels: the strictest limit wins. */
export const lowestLevel = (first: AccessLevel, ...others: AccessLevel[]): AccessLevel =>
  others.reduce((lowest, level) => (isWithin(level, lowest) ? level : lowest), first);
