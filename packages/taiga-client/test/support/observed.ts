import { readFileSync } from "node:fs";

/** A request to a real Taiga 6.10 and its answer, as captured. */
export interface Observed {
  /** `GET /userstories/1` */
  request: string;
  status: number;
  headers: Record<string, string>;
  body: unknown;
}

type Captures = Record<string, Observed>;

/** The captures of one file by name. Lists in them were cut; the notes "…(+n)" in their place are dropped. */
function readCaptures(file: string): Captures {
  const url = new URL(`../fixtures/${file}`, import.meta.url);
  const { _about, ...captures } = JSON.parse(readFileSync(url, "utf8")) as Captures;
  return withoutNotes(captures) as Captures;
}

/** The first capture. */
export const observed = readCaptures("observed.json");

/** The second capture, with the rest of the API; a name ends in `__` and who acted. */
export const observedMore = {
  ...readCaptures("observed-2.json"),
  ...readCaptures("observed-2-more.json"),
};

function withoutNotes(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.filter((part) => !String(part).startsWith("…(+")).map(withoutNotes);
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withoutNotes(part)]));
}

/** The answer as it went over the wire. */
export function toResponse({ status, headers, body }: Observed) {
  const lowerCase = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  return { status, headers: Object.fromEntries(lowerCase), text: toText(body) };
}

function toText(body: unknown): string {
  if (body === null) return "";
  if (typeof body === "object" && "__text__" in body) return String(body.__text__);
  return JSON.stringify(body);
}

/** One capture; fails loudly when there is none of that name. */
export function capture(name: string): Observed {
  const found = observed[name] ?? observedMore[name];
  if (found === undefined) throw new Error(`no capture named ${name}`);
  return found;
}
