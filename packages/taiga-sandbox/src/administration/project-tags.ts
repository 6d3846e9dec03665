import * as field from "../http/fields.ts";
import type { Handlers } from "../http/endpoint.ts";
import { invalidFields } from "../model/errors.ts";
import { ownRows } from "../model/rows.ts";
import type { Project, State } from "../model/state.ts";
import type { ProjectAction } from "./project-action.ts";

const COLOR = /^#([0-9a-f]{3}){1,2}$/i;

const UNKNOWN = ["The tag doesn't exist."];
const REQUIRED = ["This field is required."];
const TAKEN = ["This tag already exists."];

const hasTag = ({ tags_colors }: Project, tag: string): boolean => Object.hasOwn(tags_colors, tag);

/** The paths for a project's tags; changed items get neither a version nor a history entry. */
export function tagActions(state: State, action: ProjectAction): Record<string, Handlers> {
  const run = (change: (project: Project, body: field.Body) => void) =>
    action("admin_project_values", "blocked only", (project, _user, body) => {
      change(project, body);
      return {};
    });
  return {
    create_tag: run(createTag),
    edit_tag: run((project, body) => editTag(state, project, body)),
    delete_tag: run((project, body) => deleteTag(state, project, body)),
    mix_tags: run((project, body) => mixTags(state, project, body)),
  };
}

/** As in Taiga: a colour that was sent as null is stored as empty text. */
function readColor(body: field.Body): string | null | undefined {
  const color = body["color"];
  if (color === undefined) return undefined;
  if (color === null || color === "") return "";
  const text = field.toText(color);
  if (!COLOR.test(text)) throw invalidFields({ color: ["The color is not a valid HEX color."] });
  return text;
}

const readNames = (body: field.Body, required: readonly string[]): Record<string, string> => {
  const spec = { tag: field.text(), from_tag: field.text(), to_tag: field.text() };
  return field.readFields(body, spec, { required, isEdit: false }) as Record<string, string>;
};

/** The check is made before the name is lower-cased, so that `BLUE` overwrites the colour of `blue`. */
function createTag(project: Project, body: field.Body): void {
  const { tag } = readNames(body, ["tag"]);
  if (hasTag(project, tag!)) throw invalidFields({ tag: TAKEN });
  project.tags_colors[tag!.toLowerCase()] = readColor(body) ?? null;
}

function editTag(state: State, project: Project, body: field.Body): void {
  const { from_tag, to_tag } = readNames(body, ["from_tag"]);
  const color = readColor(body);
  if (!hasTag(project, from_tag!)) throw invalidFields({ from_tag: UNKNOWN });
  if (to_tag && hasTag(project, to_tag)) throw invalidFields({ to_tag: TAKEN });
  const next = to_tag ? to_tag.toLowerCase() : from_tag!;
  const kept = project.tags_colors[from_tag!]!;
  replaceTags(state, project, new Set([from_tag!]), next);
  delete project.tags_colors[from_tag!];
  project.tags_colors[next] = color === undefined ? kept : color;
}

function deleteTag(state: State, project: Project, body: field.Body): void {
  const { tag } = readNames(body, ["tag"]);
  if (!hasTag(project, tag!)) throw invalidFields({ tag: UNKNOWN });
  replaceTags(state, project, new Set([tag!]), undefined);
  delete project.tags_colors[tag!];
}

function mixTags(state: State, project: Project, body: field.Body): void {
  const sent = body["from_tags"] ?? [];
  const errors = {
    ...(Array.isArray(sent) && sent.length === 0 && { from_tags: REQUIRED }),
    ...(!body["to_tag"] && { to_tag: REQUIRED }),
  };
  if (Object.keys(errors).length > 0) throw invalidFields(errors);
  const to = field.toText(body["to_tag"]);
  // Taiga takes a text for a list of its letters, which are no tags.
  const from = Array.isArray(sent) ? sent.map(field.toText) : [""];
  if (!from.every((tag) => hasTag(project, tag))) throw invalidFields({ from_tags: UNKNOWN });
  if (!hasTag(project, to)) throw invalidFields({ to_tag: UNKNOWN });
  replaceTags(state, project, new Set(from), to);
  for (const tag of from) if (tag !== to) delete project.tags_colors[tag];
}

/** @param next takes the place of the old tags; without one they disappear. */
function replaceTags(
  state: State,
  project: Project,
  old: ReadonlySet<string>,
  next: string | undefined,
): void {
  for (const table of ["epics", "userstories", "tasks", "issues"] as const) {
    for (const item of ownRows<{ project: number; tags: string[] }>(state[table], project)) {
      if (!item.tags.some((tag) => old.has(tag))) continue;
      const kept = item.tags.map((tag) => (old.has(tag) ? next : tag));
      item.tags = [...new Set(kept.filter((tag) => tag !== undefined))];
    }
  }
}
