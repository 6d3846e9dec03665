import { TaigaError } from "./errors.ts";

/** One value of a filter. Taiga reads `true`, `false` and `null` as such. */
export type FilterScalar = string | number | boolean | null;
/** A list means any of its members. */
export type FilterValue = FilterScalar | readonly FilterScalar[];
/** Parameters by Taiga's names; `undefined` ones are left out. */
export type Query = Readonly<Record<string, FilterValue | undefined>>;

/**
 * Encodes parameters for a URL.
 * @throws {TaigaError} `invalid_request` for an empty list: Taiga would ignore the filter and
 *   answer with everything.
 */
export function encodeQuery(query: Query): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    if (isList(value) && value.length === 0) {
      throw new TaigaError("invalid_request", `${name}: an empty list matches nothing`);
    }
    parameters.append(name, String(isList(value) ? value.map(String).join(",") : value));
  }
  return parameters.toString();
}

// Array.isArray does not narrow read-only arrays.
const isList = (value: FilterValue): value is readonly FilterScalar[] => Array.isArray(value);
