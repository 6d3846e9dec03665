import { ToolError } from "../errors.ts";
import { ITEM_KINDS, type ItemKind, TAIGA_WORDS, WIKI_WORDS } from "../kinds.ts";
import { quote } from "../text/quote.ts";

/** A parsed reference to an item. */
export interface ItemReference {
  /** The number after `#`. */
  ref: number;
  /** Slug or name of the project, if the reference contains it. */
  project?: string;
  /** Known from an address only. */
  kind?: ItemKind;
}

/** A parsed reference to a wiki page. */
export interface PageReference {
  /** The page's slug. */
  page: string;
  /** Another spelling that may be meant: Taiga distinguishes upper and lower case. */
  otherPage?: string;
  project?: string;
}

/** A parsed reference to a sprint. */
export interface SprintReference {
  /** Its name, its slug in an address, or a word such as `current`. */
  sprint: string;
  project?: string;
}

export type Reference = ItemReference | PageReference | SprintReference;

const MAX_REF = 2_147_483_647;

/**
 * Reads `#42`, `42`, `slug#42`, `wiki:page`, `slug#wiki:page`, `sprint:Sprint 5`, or a pasted
 * address such as `https://taiga.example/project/slug/us/42`.
 *
 * @param taigaWebUrl the address of the connected Taiga; addresses of other Taigas are refused,
 *   because the same numbers name other items there.
 * @param field the input field, for the message.
 * @throws {ToolError} `invalid_argument`
 */
export function parseAnyReference(text: string, taigaWebUrl: string, field: string): Reference {
  const reference = text.trim();
  if (/^https?:\/\//i.test(reference)) return parseAddress(reference, taigaWebUrl, field);
  return (
    readNamed(reference) ??
    readNumbered(reference) ??
    fail(
      field,
      `${quote(reference)} is not a reference. Write #42, project-slug#42, wiki:page, or paste the Taiga address.`,
    )
  );
}

const NAMED = /^(?:(?<project>[^#:]+?)\s*#\s*)?(?<word>wiki|sprint)\s*:\s*(?<name>.+)$/i;

function readNamed(reference: string): PageReference | SprintReference | undefined {
  const { project, word, name } = NAMED.exec(reference)?.groups ?? {};
  if (word === undefined || name === undefined) return undefined;
  const where = project === undefined ? {} : { project };
  return word.toLowerCase() === "wiki"
    ? { ...toPageSlugs(name), ...where }
    : { sprint: name, ...where };
}

const NUMBERED = /^(?:(?:(?<project>[^#]+?)\s*)?#\s*)?(?<ref>\d+)$/;

function readNumbered(reference: string): ItemReference | undefined {
  const { project, ref } = NUMBERED.exec(reference)?.groups ?? {};
  const number = Number(ref ?? 0);
  if (number < 1 || number > MAX_REF) return undefined;
  return { ref: number, ...(project !== undefined && { project }) };
}

function fail(field: string, problem: string): never {
  throw new ToolError("invalid_argument", `${field}: ${problem}`);
}

/**
 * Reads a reference to an item, see `parseAnyReference`.
 * @throws {ToolError} `invalid_argument`, also for a wiki page and a sprint.
 */
export function parseReference(text: string, taigaWebUrl: string, field: string): ItemReference {
  const reference = parseAnyReference(text, taigaWebUrl, field);
  if ("ref" in reference) return reference;
  const is = "page" in reference ? "wiki page" : "sprint";
  return fail(field, `${quote(text)} is a ${is}; this must be one of ${ITEM_KINDS.join(", ")}.`);
}

/** Taiga makes `my-page` of the title "My page", but slugs may also have capitals. */
function toPageSlugs(name: string): Pick<PageReference, "page" | "otherPage"> {
  const slug = name.trim().replaceAll(/\s+/g, "-");
  const lower = slug.toLowerCase();
  if (slug === lower) return { page: slug };
  const isTitle = /\s/.test(name.trim());
  return isTitle ? { page: lower, otherPage: slug } : { page: slug, otherPage: lower };
}

/** Taiga's sprint page. */
const SPRINT_PAGE = "taskboard";

function parseAddress(address: string, taigaWebUrl: string, field: string): Reference {
  const url = URL.parse(address);
  const home = new URL(`${taigaWebUrl}/`);
  // One host may serve several Taigas, each under its own path.
  if (url?.host !== home.host || !url.pathname.startsWith(home.pathname)) {
    return fail(
      field,
      `this address belongs to another Taiga; this connection is to ${taigaWebUrl}.`,
    );
  }
  const match = /^project\/(?<project>[^/]+)\/(?<page>[a-z]+)\/(?<name>[^/]+)\/?$/.exec(
    url.pathname.slice(home.pathname.length),
  );
  const { project, page, name } = match?.groups ?? {};
  if (project !== undefined && name !== undefined) {
    const kind = ITEM_KINDS.find((each) => TAIGA_WORDS[each].page === page);
    if (kind !== undefined && /^0*[1-9]\d{0,8}$/.test(name))
      return { project, kind, ref: Number(name) };
    if (page === WIKI_WORDS.page) return { project, page: decode(name) };
    if (page === SPRINT_PAGE) return { project, sprint: decode(name) };
  }
  const pages = ITEM_KINDS.map((each) => TAIGA_WORDS[each].page).join("|");
  return fail(
    field,
    `this address names no item, wiki page or sprint; use one that ends in /project/<slug>/<${pages}>/<number>, /wiki/<page> or /taskboard/<sprint>.`,
  );
}

/** Decodes percent-encoding; returns text with invalid encoding unchanged. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
