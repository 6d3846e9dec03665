import { isUploadedFile, type UploadedFile } from "./multipart.ts";
import { refuse, REQUIRED, toText, type Reader } from "./read-fields.ts";
import type { Project, State } from "../model/state.ts";

export {
  readFields,
  toBody,
  toText,
  type Body,
  type Reader,
  type Readers,
  type Values,
} from "./read-fields.ts";

/** Optional text; null becomes empty. */
export const text =
  (maxLength?: number): Reader<string> =>
  (value) => {
    const read = value === null ? "" : toText(value);
    if (maxLength !== undefined && read.length > maxLength) {
      refuse(`Ensure this value has at most ${maxLength} characters (it has ${read.length}).`);
    }
    return read;
  };

/** Any value except a clear yes is false. */
export const flag: Reader<boolean> = (value) =>
  value === true || (typeof value === "string" && ["true", "t", "1"].includes(value.toLowerCase()));

/** A whole number or null, also as text. */
export const wholeNumber: Reader<number | null> = (value) => {
  if (value === null || value === "") return null;
  if (typeof value === "number" && Number.isInteger(value)) return value;
  if (typeof value === "string" && /^\s*-?\d+\s*$/.test(value)) return Number(value);
  return refuse("Enter a whole number.");
};

/** Like `wholeNumber`, but the value is required. */
export const position: Reader<number> = (value) => wholeNumber(value) ?? refuse(REQUIRED);

/** A number or null, also as text. */
export const decimal: Reader<number | null> = (value) => {
  if (value === null || value === "") return null;
  const read = typeof value === "string" ? Number(value) : value;
  if (typeof read === "number" && Number.isFinite(read)) return read;
  return refuse(`"${toText(value)}" value must be a float.`);
};

/** One of a few words. */
export const choice =
  (options: readonly string[]): Reader<string> =>
  (value) => {
    const read = toText(value);
    if (options.includes(read)) return read;
    return refuse(`Select a valid choice. ${read} is not one of the available choices.`);
  };

/**
 * A list of known words, or null, which is stored as it is.
 *
 * @throws {Error} for anything but a list: Taiga fails with a 500 there.
 */
export const choices =
  (options: readonly string[]): Reader<string[] | null> =>
  (value) => {
    if (value === null) return null;
    if (!Array.isArray(value)) throw new TypeError("A list was expected.");
    const wrong = value.findIndex((word) => !options.includes(toText(word)));
    if (wrong >= 0) {
      const word = toText(value[wrong]);
      return refuse(
        `Item ${wrong + 1} in the array did not validate: Value '${word}' is not a valid choice.`,
      );
    }
    return value.map(toText);
  };

/** JSON of any shape. */
export const anything: Reader<unknown> = (value) => value;

/** A day or null. Taiga's message also promises months and years, which it does not store. */
export const day: Reader<string | null> = (value) => {
  if (value === null || value === "") return null;
  const isDay =
    typeof value === "string" &&
    /^\d{4}-\d{2}-\d{2}$/.test(value) &&
    new Date(`${value}T00:00:00Z`).toJSON()?.startsWith(value) === true;
  if (isDay) return value;
  return refuse("Date has wrong format. Use one of these formats instead: YYYY[-MM[-DD]]");
};

/** A required day. */
export const requiredDay: Reader<string> = (value) => day(value) ?? refuse(REQUIRED);

/** A slug for URLs. */
export const slug: Reader<string> = (value) => {
  const read = text(500)(value);
  if (/^[\p{L}\p{N}_-]+$/u.test(read)) return read;
  return refuse(
    "Enter a valid “slug” consisting of Unicode letters, numbers, underscores, or hyphens.",
  );
};

/** The id of an existing row. */
export const reference =
  (rows: readonly { id: number }[]): Reader<number> =>
  (value) => {
    const id = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
    if (typeof id !== "number") {
      return refuse(`Incorrect type.  Expected pk value, received ${toPythonType(value)}.`);
    }
    if (!rows.some((row) => row.id === id)) {
      refuse(`Invalid pk '${id}' - object does not exist.`);
    }
    return id;
  };

/** The id of an existing row, or null. */
export const optionalReference =
  (rows: readonly { id: number }[]): Reader<number | null> =>
  (value) =>
    value === null || value === "" ? null : reference(rows)(value);

export const references =
  (rows: readonly { id: number }[]): Reader<number[]> =>
  (value) => {
    if (!Array.isArray(value)) return refuse("Enter a list of values.");
    return [...new Set(value.map(reference(rows)))];
  };

/** A user that belongs to the project, or null. */
export const assignee =
  (state: State, project: Project | undefined): Reader<number | null> =>
  (value) => {
    const id = optionalReference(state.users)(value);
    if (id !== null && project !== undefined && !isMember(state, project, id)) {
      refuse("The user must be a project member.");
    }
    return id;
  };

/** Users that all belong to the project. */
export const watchers =
  (state: State, project: Project | undefined): Reader<number[]> =>
  (value) => {
    const ids = references(state.users)(value);
    if (project !== undefined && !ids.every((id) => isMember(state, project, id))) {
      refuse("Watchers contains invalid users");
    }
    return ids;
  };

const isMember = (state: State, project: Project, userId: number): boolean =>
  state.memberships.some((row) => row.project === project.id && row.user === userId);

/** A tag with the colour it came with, if any. */
export type Tag = [name: string, color: string | null];

/** Names or [name, colour] pairs; lower-cased, each once. */
export const tags: Reader<Tag[]> = (value) => {
  if (value === null) return [];
  if (!Array.isArray(value)) return refuse("Invalid tags: a list is expected.");
  const read = new Map<string, string | null>();
  for (const entry of value) {
    const [name, color] = Array.isArray(entry) ? entry : [entry, null];
    if (typeof name !== "string" || name.includes(",")) {
      return refuse(`Invalid tag '${toPython(entry)}'. It must be the name or a pair.`);
    }
    const isColor = typeof color === "string" && /^#([0-9a-f]{3}){1,2}$/i.test(color);
    if (!isColor && color !== null && color !== undefined) {
      return refuse(
        `Invalid tag '${toPython(entry)}'. The color is not a valid HEX color or null.`,
      );
    }
    const key = name.trim().toLowerCase();
    if (key !== "" && !read.has(key)) read.set(key, color ?? null);
  }
  return [...read];
};

/**
 * The tags of a project: names in lower case, with commas as they are.
 *
 * @throws {Error} for anything but a list: Taiga fails with a 500 there.
 */
export const plainTags: Reader<string[]> = (value) => {
  if (value === null) return [];
  if (!Array.isArray(value)) throw new TypeError("A list was expected.");
  return [...new Set(value.map((tag) => toText(tag).toLowerCase()))];
};

/** Points id by role id; the ids are validated later. */
export const points: Reader<Record<string, unknown>> = (value) =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};

/** A file of a form. */
export const file: Reader<UploadedFile> = (value) => {
  if (!isUploadedFile(value)) {
    return refuse("No file was submitted. Check the encoding type on the form.");
  }
  return value.bytes.length === 0 ? refuse("The submitted file is empty.") : value;
};

export const externalReference: Reader<string[] | null> = (value) => {
  if (value === null || value === "") return null;
  return Array.isArray(value) ? value.map(String) : refuse("Enter a list of values.");
};

/** Python's names of the JSON types. */
function toPythonType(value: unknown): string {
  if (value === null) return "NoneType";
  if (Array.isArray(value)) return "list";
  if (typeof value === "boolean") return "bool";
  return typeof value === "object" ? "dict" : "str";
}

const toPython = (value: unknown): string =>
  Array.isArray(value)
    ? `[${value.map((entry) => (entry === null ? "None" : `'${String(entry)}'`)).join(", ")}]`
    : String(value);
