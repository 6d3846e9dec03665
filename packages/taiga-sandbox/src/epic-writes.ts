import type { Actor } from "./access.ts";
import type { Context } from "./context.ts";
import { wrongArguments } from "./errors.ts";
import * as field from "./fields.ts";
import { recordChange, recordCreation, recordDeletion } from "./history.ts";
import { makeRoom } from "./ordering.ts";
import { allocateId, allocateOrder, allocateRef, findById, mustFind } from "./rows.ts";
import { takeSnapshot } from "./snapshots.ts";
import type { Epic, Project, State, User } from "./state.ts";
import {
  addWatchers,
  applyTags,
  findForEdit,
  mustBeUser,
  newItem,
  touch,
  verifyItemVersion,
  verifyMove,
  verifyPermission,
  verifyWritable,
} from "./writes.ts";

const KIND = "epic";

/** What a new epic must have and no edit may empty. */
const REQUIRED = ["project", "subject"];

/** The colours that Taiga gives to epics that come without one. */
const COLORS = ["#fce94f", "#cc0000", "#8ae234", "#729fcf", "#ad7fa8", "#f57900"];

/** The fields that can be written; any text is a colour. */
const epicFields = (state: State, project: Project | undefined) => ({
  project: field.reference(state.projects),
  subject: field.text(500),
  description: field.text(),
  status: field.reference(state.epicStatuses),
  assigned_to: field.assignee(state, project),
  watchers: field.watchers(state, project),
  tags: field.tags,
  color: field.text(32),
  epics_order: field.position,
  client_requirement: field.flag,
  team_requirement: field.flag,
  is_blocked: field.flag,
  blocked_note: field.text(),
  external_reference: field.externalReference,
  version: field.wholeNumber,
  comment: field.text(),
});

type EpicValues = field.Values<ReturnType<typeof epicFields>>;

/**
 * `POST /epics`.
 *
 * @throws {ApiError} as Taiga answers.
 */
export function createEpic(context: Context, actor: Actor, body: field.Body): Epic {
  const { state } = context;
  const target = findById(state.projects, Number(body["project"]));
  const spec = epicFields(state, target);
  const values = field.readFields(body, spec, { required: REQUIRED, isEdit: false });
  const project = mustFind(state.projects, values.project!);
  const author = verifyPermission(state, actor, project, "add_epic");
  verifyWritable(project);
  const epic = newEpic(context, project, author);
  assignColumns(epic, values);
  verifyStatus(state, epic);
  epic.version = values.version ?? 1;
  if (values.tags) applyTags(project, epic, values.tags);
  return insertEpic(context, epic, author);
}

/** An epic with nothing but a subject, for bulk creation. */
export const createPlainEpic = (
  context: Context,
  project: Project,
  author: User,
  plain: Pick<Epic, "subject" | "status">,
): Epic => insertEpic(context, Object.assign(newEpic(context, project, author), plain), author);

const newEpic = (context: Context, project: Project, author: User): Epic => ({
  ...newItem(context, project, author, project.defaults.epic_status),
  color: "",
  epics_order: Math.floor(allocateOrder(context.state, context.clock()) / 1000),
  client_requirement: false,
  team_requirement: false,
});

function insertEpic(context: Context, epic: Epic, author: User): Epic {
  const { state } = context;
  epic.id = allocateId(state, "epics");
  epic.ref = allocateRef(state, mustFind(state.projects, epic.project));
  if (epic.color === "") epic.color = COLORS[epic.id % COLORS.length]!;
  addWatchers(state, epic, [epic.description]);
  state.epics.push(epic);
  recordCreation(context, { kind: KIND, item: epic }, author);
  return epic;
}

/** Copies the plain columns; tags and the comment are not columns. */
function assignColumns(epic: Epic, values: EpicValues): void {
  const { tags: _tags, comment: _comment, version: _version, ...columns } = values;
  Object.assign(epic, columns);
  if (!epic.is_blocked) epic.blocked_note = "";
}

/** @throws {ApiError} 400 when the status belongs to another project. */
function verifyStatus(state: State, epic: Epic): void {
  if (mustFind(state.epicStatuses, epic.status).project !== epic.project) {
    throw wrongArguments("You don't have permissions to set this status to this epic.");
  }
}

/** A written epic and the positions that changed with it. */
export interface EditedEpic {
  epic: Epic;
  orderUpdated: Record<string, number>;
}

/**
 * `PATCH /epics/{id}`, with the checks in the order of a story's.
 *
 * @throws {ApiError} as Taiga answers; nothing has changed then.
 */
export function editEpic(
  context: Context,
  actor: Actor,
  id: number | undefined,
  body: field.Body,
): EditedEpic {
  const { state } = context;
  const { epic, edited, values } = checkEdit(state, actor, id, body);
  const author = mustBeUser(actor);
  const before = takeSnapshot(state, { kind: KIND, item: epic });
  const old = structuredClone(epic);
  const project = mustFind(state.projects, edited.project);
  if (edited.project !== old.project) edited.ref = allocateRef(state, project);
  Object.assign(epic, edited);
  if (values.tags) applyTags(project, epic, values.tags);
  const orderUpdated = reorder(state, epic, old);
  touch(context, epic);
  const comment = values.comment ?? "";
  recordChange(context, { kind: KIND, item: epic }, { before, author, comment });
  const texts = [comment, values.description ?? ""];
  addWatchers(state, epic, texts, comment === "" ? undefined : author);
  return { epic, orderUpdated };
}

/** The epic as it is and as it would be; changes nothing. */
function checkEdit(state: State, actor: Actor, id: number | undefined, body: field.Body) {
  const epic = findForEdit(state, actor, { kind: KIND, id }, body);
  const project = mustFind(state.projects, epic.project);
  const values = field.readFields(body, epicFields(state, project), {
    required: [...REQUIRED, "status"],
    isEdit: true,
  });
  verifyItemVersion(state, KIND, epic, { version: values.version, body });
  verifyWritable(project);
  const edited = structuredClone(epic);
  assignColumns(edited, values);
  verifyStatus(state, edited);
  verifyMove(state, actor, KIND, { from: epic.project, to: edited.project });
  return { epic, edited, values };
}

function reorder(state: State, epic: Epic, old: Epic): Record<string, number> {
  if (epic.epics_order === old.epics_order) return {};
  const inProject = state.epics.filter((row) => row.project === epic.project);
  const shifted = makeRoom(inProject, epic, "epics_order");
  return { ...shifted, [String(epic.id)]: epic.epics_order };
}

/** `DELETE`: the stories stay, without the epic. */
export function deleteEpic(context: Context, author: User, epic: Epic): void {
  const { state } = context;
  recordDeletion(context, { kind: KIND, item: epic }, author);
  state.relatedStories = state.relatedStories.filter((link) => link.epic !== epic.id);
  state.epics = state.epics.filter((row) => row.id !== epic.id);
}
