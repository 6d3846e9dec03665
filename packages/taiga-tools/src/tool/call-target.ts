import { z } from "zod";

/** References named one by one. */
const MAX_REFS = 5;

/** Longer texts are no slugs or references. */
const MAX_LENGTH = 60;

const short = z.string().max(MAX_LENGTH);

/** The arguments of tools that say where they write; anything else about them is ignored. */
const Named = z.object({
  project: short.optional().catch(undefined),
  sprint: short.optional().catch(undefined),
  refs: z.array(z.unknown()).catch([]).default([]),
  items: z
    .array(z.object({ ref: z.unknown(), project: short.optional().catch(undefined) }).partial())
    .catch([])
    .default([]),
});

/** `12`, `#12`, `apollo#12`, `wiki:home` or an address in Taiga: never a text of an item. */
const REFERENCE = /^[\w.:/#-]{1,60}$/;

const isReference = (ref: unknown): ref is string | number =>
  typeof ref === "number" || (typeof ref === "string" && REFERENCE.test(ref));

/**
 * Where a call writes, for people: its projects and references, such as `apollo #12, #13`, or how
 * many items it creates. It contains no text of an item.
 * @param args the arguments as the client sent them.
 */
export function toCallTarget(args: unknown): string {
  const { project, sprint, refs, items } = Named.safeParse(args).data ?? { refs: [], items: [] };
  const projects = new Set([project, ...items.map((item) => item.project)].filter(isReference));
  const named = [...refs, ...items.map(({ ref }) => ref)].filter(isReference).map(String);
  const others = named.length - MAX_REFS;
  const list = named.slice(0, MAX_REFS).join(", ");
  const count = items.length === 1 ? "1 item" : `${items.length} items`;
  return [
    [...projects].slice(0, MAX_REFS).join(", "),
    others > 0 ? `${list} and ${others} more` : list,
    named.length === 0 && items.length > 0 ? count : "",
    sprint === undefined ? "" : "sprint",
  ]
    .filter((part) => part !== "")
    .join(" ");
}
