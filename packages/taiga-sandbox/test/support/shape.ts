/** How a list was cut in the recording: "…(+3)". */
const isCutMark = (value: unknown): boolean => typeof value === "string" && value.startsWith("…(+");

/** A parsed body. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const typeOf = (value: Json): string => {
  if (value === null) return "null";
  return Array.isArray(value) ? "list" : typeof value;
};

/** Whether it is neither a list nor a single value. */
export const isObject = (value: Json): value is { [key: string]: Json } =>
  typeOf(value) === "object";

/**
 * Where a value is not of the recorded shape: other keys or other JSON types, at any depth.
 *
 * The samples are all values that were recorded at one place; a type that occurs in any of them is
 * fine. Objects whose keys are numbers map ids to something, so their keys are data and only the
 * values count. An empty list says nothing about its entries, and the entries that were cut from a
 * list may have been null where the others are not, and the other way round.
 */
export function compareShapes(
  actual: Json,
  samples: Json[],
  path = "body",
  isCut = false,
): string[] {
  const types = new Set(samples.map(typeOf));
  const type = typeOf(actual);
  if (isCut && (type === "null" || [...types].every((known) => known === "null"))) return [];
  if (!types.has(type)) return [`${path}: ${type} instead of ${[...types].join(" or ")}`];
  if (Array.isArray(actual)) {
    const entries = samples.filter(Array.isArray).flat();
    const known = entries.filter((entry) => !isCutMark(entry));
    if (known.length === 0) return [];
    if (actual.length === 0 && !isCut && samples.every((list) => (list as Json[]).length > 0)) {
      return [`${path}: empty instead of filled`];
    }
    const someCut = isCut || entries.length > known.length;
    return actual.flatMap((entry) => compareShapes(entry, known, `${path}[]`, someCut));
  }
  return isObject(actual) ? compareObjects(actual, samples.filter(isObject), path, isCut) : [];
}

function compareObjects(
  actual: { [key: string]: Json },
  samples: { [key: string]: Json }[],
  path: string,
  isCut: boolean,
): string[] {
  const recorded = new Set(samples.flatMap(Object.keys));
  if ([...recorded].every((key) => /^\d+$/.test(key))) {
    const values = samples.flatMap(Object.values);
    if (values.length === 0) return [];
    return Object.values(actual).flatMap((value) =>
      compareShapes(value, values, `${path}.*`, isCut),
    );
  }
  const inAll = [...recorded].filter((key) => samples.every((sample) => key in sample));
  const missing = inAll.filter((key) => !(key in actual));
  const extra = Object.keys(actual).filter((key) => !recorded.has(key));
  const shared = Object.keys(actual).filter((key) => recorded.has(key));
  return [
    ...missing.map((key) => `${path}.${key}: missing`),
    ...extra.map((key) => `${path}.${key}: not in the recording`),
    ...shared.flatMap((key) => {
      const values = samples.filter((sample) => key in sample).map((sample) => sample[key] ?? null);
      return compareShapes(actual[key] ?? null, values, `${path}.${key}`, isCut);
    }),
  ];
}
