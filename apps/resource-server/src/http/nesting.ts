/** Far more than any tool's arguments; serializers that recurse give up at some thousands. */
const MAX_LEVELS = 64;

/** Whether a JSON value has lists and objects in one another beyond any sensible depth. */
export const isTooNested = (value: unknown, levels = MAX_LEVELS): boolean =>
  typeof value === "object" &&
  value !== null &&
  (levels === 0 || Object.values(value).some((part) => isTooNested(part, levels - 1)));
