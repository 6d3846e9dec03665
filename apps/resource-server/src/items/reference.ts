import { ToolError } from "../mcp/errors.ts";
import { ITEM_KINDS, type ItemKind, TAIGA_WORDS } from "./kinds.ts";

/** Which item a person means. */
export interface ItemReference {
  /** The number after `#`. */
  ref: number;
  /** Slug or name of the project, when the reference tells. */
  project?: string;
  /** Known from an address only. */
  kind?: ItemKind;
}

const MAX_REF = 2_147_483_647;

/**
 * Reads `#42`, `42`, `slug#42` or a pasted address such as
 * `https://taiga.example/project/slug/us/42`.
 *
 * @param taigaWebUrl the address of our Taiga; one of another Taiga would name a stranger's item.
 * @param field the input field, for the message.
 * @throws {ToolError} `invalid_argument`
 */
export function parseReference(text: string, taigaWebUrl: string, field: string): ItemReference {
  const reference = text.trim();
  if (/^https?:\/\//i.test(reference)) return parseAddress(reference, taigaWebUrl, field);
  const match = /^(?:(?<project>[^#]+?)\s*)?#\s*(?<ref>\d+)$|^(?<bare>\d+)$/.exec(reference);
  const { project, ref, bare } = match?.groups ?? {};
  const number = Number(ref ?? bare);
  if (match === null || number < 1 || number > MAX_REF) {
    throw new ToolError(
      "invalid_argument",
      `${field}: "${reference.slice(0, 100)}" is no reference. Write #42, project-slug#42, or paste the item's Taiga address.`,
    );
  }
  return { ref: number, ...(project !== undefined && { project }) };
}

function parseAddress(address: string, taigaWebUrl: string, field: string): ItemReference {
  const url = URL.parse(address);
  if (url === null || url.host !== new URL(taigaWebUrl).host) {
    throw new ToolError(
      "invalid_argument",
      `${field}: this address is not of the Taiga connected here, which is ${taigaWebUrl}.`,
    );
  }
  const match = /\/project\/(?<project>[^/]+)\/(?<page>[a-z]+)\/(?<ref>\d{1,9})\/?$/.exec(
    url.pathname,
  );
  const { project, page, ref } = match?.groups ?? {};
  const kind = ITEM_KINDS.find((each) => TAIGA_WORDS[each].page === page);
  if (project === undefined || kind === undefined) {
    const pages = ITEM_KINDS.map((each) => `/project/<slug>/${TAIGA_WORDS[each].page}/<number>`);
    throw new ToolError(
      "invalid_argument",
      `${field}: this address names no story or task; those end in ${pages.join(" or ")}.`,
    );
  }
  return { project, kind, ref: Number(ref) };
}
