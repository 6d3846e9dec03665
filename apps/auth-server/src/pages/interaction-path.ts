/** Path of an interaction's page. Its forms post below it, and the engine's cookies are scoped to it. */
export const toBasePath = (uid: unknown): string =>
  `/interaction/${encodeURIComponent(String(uid))}`;

/** Path of the login page of an interaction, also after a login. */
export const toOtherAccountPath = (uid: string): string => `${toBasePath(uid)}?account=other`;
