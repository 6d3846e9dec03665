/** What a caller may do in Taiga. Each level includes the ones before it. */
export const ACCESS_LEVELS = ["read", "write", "delete", "admin"] as const;
export type AccessLevel = (typeof ACCESS_LEVELS)[number];

/** Whether `level` is at most `limit`. */
export const isWithin = (level: AccessLevel, limit: AccessLevel): boolean =>
  ACCESS_LEVELS.indexOf(level) <= ACCESS_LEVELS.indexOf(limit);
