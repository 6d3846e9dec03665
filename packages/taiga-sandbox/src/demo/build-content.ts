import { createHash } from "node:crypto";
import { recordChange } from "../history/history.ts";
import { takeSnapshot, type Recorded } from "../history/snapshots.ts";
import { storeFile } from "../items/attachment-writes.ts";
import { createPlainItem } from "../items/item-writes.ts";
import { toTimestamp } from "../model/context.ts";
import { statusesOf, type ItemRows, type ObjectRows } from "../model/kinds.ts";
import { allocateId, mustFind, ownRows } from "../model/rows.ts";
import type { Item, ItemKind, ObjectKind, Project, User, UserStory } from "../model/state.ts";
import { touch } from "../items/writes.ts";
import { createMilestone } from "../sprints/milestone-writes.ts";
import { createLink } from "../wiki/wiki-links.ts";
import { actAs, ITEM_RULES } from "./act-as.ts";
import { idNamed, type Draft } from "./draft.ts";
import type {
  EpicSeed,
  EventSeed,
  FileSeed,
  IssueSeed,
  ItemSeed,
  PageSeed,
  SprintSeed,
  StorySeed,
  TaskSeed,
} from "./seed.ts";

export function addSprint(draft: Draft, project: Project, { name, by, days }: SprintSeed): void {
  const [start, finish] = days;
  // A future sprint was created recently, not in the future.
  draft.setClock([Math.min(start, 0) - 3, "09:00"]);
  createMilestone(draft.context, authorOf(draft, project, by), {
    project: project.id,
    name,
    estimated_start: draft.day(start),
    estimated_finish: draft.day(finish),
    order: ownRows(draft.state.milestones, project).length + 1,
  });
}

export function addEpic(draft: Draft, project: Project, seed: EpicSeed): void {
  const epics_order = ownRows(draft.state.epics, project).length + 1;
  addItem(draft, project, "epic", seed, { color: seed.color, epics_order });
}

/** @param sprint its name. */
export function addStory(draft: Draft, project: Project, seed: StorySeed, sprint?: string): void {
  const { state } = draft;
  const order = ownRows(state.userstories, project).length + 1;
  const points = Object.entries(seed.points ?? {}).map(([role, value]) => [
    idNamed(state.roles, project, role),
    idNamed(state.points, project, value),
  ]);
  const story = addItem(draft, project, "userstory", seed, {
    milestone: idNamed(state.milestones, project, sprint),
    swimlane: idNamed(state.swimlanes, project, seed.swimlane),
    points: Object.fromEntries(points),
    assigned_users: (seed.helpers ?? []).map((name) => draft.user(name).id),
    backlog_order: order,
    sprint_order: order,
    kanban_order: order,
    ...toDue(draft, seed),
  });
  if (story.is_closed && seed.finished) story.finish_date = draft.at(seed.finished);
  const epic = ownRows(state.epics, project).find((row) => row.subject === seed.epic);
  if (epic !== undefined) {
    const id = allocateId(state, "relatedStories");
    state.relatedStories.push({ id, epic: epic.id, user_story: story.id, order });
  }
  for (const task of seed.tasks ?? []) addTask(draft, project, task, story);
  happen(draft, "userstory", story, seed.events);
}

function addTask(draft: Draft, project: Project, seed: TaskSeed, story: UserStory): void {
  const order = draft.state.tasks.filter((row) => row.user_story === story.id).length + 1;
  const task = addItem(draft, project, "task", seed, {
    user_story: story.id,
    us_order: order,
    taskboard_order: order,
    is_iocaine: seed.iocaine ?? false,
    ...toDue(draft, seed),
  });
  task.finished_date = seed.finished ? draft.at(seed.finished) : null;
  happen(draft, "task", task, seed.events);
}

export function addIssue(draft: Draft, project: Project, seed: IssueSeed): void {
  const { state } = draft;
  const issue = addItem(draft, project, "issue", seed, {
    type: idNamed(state.issueTypes, project, seed.type) ?? project.defaults.issue_type,
    severity: idNamed(state.severities, project, seed.severity) ?? project.defaults.severity,
    priority: idNamed(state.priorities, project, seed.priority) ?? project.defaults.priority,
    milestone: idNamed(state.milestones, project, seed.sprint),
    ...toDue(draft, seed),
  });
  issue.finished_date = seed.finished ? draft.at(seed.finished) : null;
  happen(draft, "issue", issue, seed.events);
}

const authorOf = ({ state, user }: Draft, project: Project, by: string | undefined): User =>
  by === undefined ? mustFind(state.users, project.owner) : user(by);

const toDue = ({ day }: Draft, { due }: StorySeed | TaskSeed | IssueSeed) => ({
  due_date: due === undefined ? null : day(due),
});

/** @param own the columns that other kinds do not have. */
function addItem<Kind extends ItemKind>(
  draft: Draft,
  project: Project,
  kind: Kind,
  seed: ItemSeed,
  own: Partial<ItemRows[Kind]>,
): ItemRows[Kind] {
  const { state, context, user } = draft;
  const { subject, description = "", tags = [], assigned, blocked } = seed;
  for (const tag of tags) project.tags_colors[tag] ??= null;
  const status = idNamed(statusesOf(state, kind), project, seed.status);
  draft.setClock(seed.created);
  const columns: Partial<Item> = {
    subject,
    description,
    tags: [...tags],
    assigned_to: assigned === undefined ? null : user(assigned).id,
    is_blocked: blocked !== undefined,
    blocked_note: blocked ?? "",
    ...(status !== null && { status }),
  };
  const home = { project, author: authorOf(draft, project, seed.by) };
  const item = createPlainItem(context, ITEM_RULES[kind], home, { ...columns, ...own });
  if (seed.custom) {
    const attributes = state.customAttributes.filter((row) => row.kind === kind);
    const byId = Object.entries(seed.custom).map(([name, value]) => [
      idNamed(attributes, project, name),
      value,
    ]);
    const attributes_values = Object.fromEntries(byId) as Record<string, unknown>;
    state.customAttributeValues.push({ kind, object: item.id, attributes_values, version: 2 });
  }
  return item;
}

export function addPage(draft: Draft, project: Project, seed: PageSeed): void {
  draft.setClock(seed.at);
  const { slug, content } = seed;
  const page = actAs(draft.context, seed.by).add("wiki", { project: project.id, slug, content });
  happen(draft, "wiki", page, seed.events);
}

/** The entries of the wiki's menu. */
export function addWikiLinks(draft: Draft, project: Project, titles: string[]): void {
  const owner = mustFind(draft.state.users, project.owner);
  for (const [index, title] of titles.entries()) {
    createLink(draft.context, owner, { project: project.id, title, order: index + 1 });
  }
}

/** Applies the events of an object, each at its own time. */
function happen<Kind extends ObjectKind>(
  draft: Draft,
  kind: Kind,
  item: ObjectRows[Kind],
  events: EventSeed[] = [],
): void {
  for (const { by, at, ...event } of events) {
    draft.setClock(at);
    const subject = { kind, item } as unknown as Recorded;
    if ("file" in event) attach(draft, subject, by, event.file);
    else if ("from" in event) move(draft, subject, by, event.from);
    else actAs(draft.context, by).change(kind, item.id, event);
  }
}

/** Attaches a file. Its path is derived from its name, so that every seeding gives the same path. */
function attach(draft: Draft, subject: Recorded, by: string, file: FileSeed): void {
  const { state, context, user } = draft;
  const author = user(by);
  const before = takeSnapshot(state, subject);
  const { name, mediaType, text, description } = file;
  const about = {
    kind: subject.kind,
    object: subject.item.id,
    owner: author.id,
    folder: createHash("sha256").update(name).digest("hex").slice(0, 60),
    now: toTimestamp(context.clock()),
  };
  const attachment = storeFile(state, { name, mediaType, bytes: Buffer.from(text) }, about);
  Object.assign(attachment, { description, from_comment: file.forComment === true });
  recordChange(context, subject, { before, author, comment: "" });
}

/** Records a change from another status to the item's current one. */
function move(draft: Draft, subject: Recorded, by: string, from: string): void {
  const { state, context, user } = draft;
  if (subject.kind === "wiki") throw new Error("Wiki pages have no status.");
  const { kind, item } = subject;
  const project = mustFind(state.projects, item.project);
  const { status } = item;
  item.status = idNamed(statusesOf(state, kind), project, from)!;
  const before = takeSnapshot(state, subject);
  item.status = status;
  recordChange(context, subject, { before, author: user(by), comment: "" });
  touch(context, item);
}
