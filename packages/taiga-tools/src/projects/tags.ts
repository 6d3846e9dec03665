import { isSameName } from "../schema/names.ts";
import { type Project } from "./project-directory.ts";

/**
 * The tag as Taiga writes it. Answers show tags without invisible characters, so a project's only
 * tag that looks like the given one is meant; any other tag is new, and lower-case as in Taiga.
 */
export function toTaigaTag(tag: string, { tags_colors }: Pick<Project, "tags_colors">): string {
  const known = Object.keys(tags_colors);
  const [same, another] = known.filter((one) => isSameName(one, tag));
  const lower = tag.toLowerCase();
  if (same === undefined || another !== undefined || known.includes(lower)) return lower;
  return same;
}
