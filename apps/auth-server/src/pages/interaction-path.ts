/** Path of an interaction's page; its forms post below it. The cookies of the engine go there. */
export const toBasePath = (uid: unknown): string =>
  `/interaction/${encodeURIComponent(String(uid))}`;
