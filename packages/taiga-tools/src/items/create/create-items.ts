import { type TaigaClient } from "@taiga-mcp/taiga-client";
import { type ProjectDirectory } from "../../projects/project-directory.ts";
import { type EpicLink, writeLink } from "../changes/epic-links.ts";
import { type CallProgress } from "../../calls/idempotency.ts";
import { type ItemKind, TAIGA_WORDS } from "../../kinds.ts";
import { type ItemFailure, NOT_ATTEMPTED, toItemFailure } from "../outcome.ts";
import { countPlanned, type PlannedItem, toCreateValues } from "./plan-creation.ts";
import { hasNewTag } from "../changes/resolve-changes.ts";
import { createTaigaItems, type ItemPatch } from "../taiga-items.ts";

/** The outcome of one item; `path` is its position in the input. */
export type CreateOutcome = { path: string; kind: ItemKind; subject: string; project: string } & (
  | { outcome: "created"; ref: number; note?: string }
  | ItemFailure
);

/** Whether an item, with its tasks and links, was created completely. */
export const isDone = (outcome: CreateOutcome): boolean =>
  outcome.outcome === "created" && outcome.note === undefined;

export interface CreateDeps {
  taiga: TaigaClient;
  projects: ProjectDirectory;
  signal: AbortSignal;
  /** Records which items were created, so that a repeated call skips them. */
  progress: CallProgress;
  reportProgress(done: number, total: number, message: string): Promise<void>;
}

/** The record of a created item. */
type Made = { id: number; ref: number };

/**
 * Creates items one after another, so that their numbers follow the order of the input. Neighbours
 * that have only a subject and a status are created with one request. A failed item does not stop
 * the others, unless Taiga is unreachable; its own tasks are not attempted.
 */
export async function createItems(
  planned: readonly PlannedItem[],
  deps: CreateDeps,
): Promise<CreateOutcome[]> {
  const outcomes: CreateOutcome[] = [];
  const state = { stopped: false };
  const total = countPlanned(planned);
  for (const batch of toBatches(planned)) {
    outcomes.push(...(await createBatch(batch, undefined, deps, state)));
    await deps.reportProgress(outcomes.length, total, `${outcomes.length} of ${total} items`);
  }
  return outcomes;
}

type State = { stopped: boolean };
type Story = Made & { sprint: number | null };

async function createBatch(
  batch: readonly PlannedItem[],
  parent: Story | undefined,
  deps: CreateDeps,
  state: State,
): Promise<CreateOutcome[]> {
  const [first] = batch;
  if (first === undefined) return [];
  if (state.stopped || deps.signal.aborted)
    return batch.flatMap((item) => withTasks(item, NOT_ATTEMPTED));
  const isBulk = batch.length > 1;
  try {
    const made = await deps.progress.step(
      isBulk ? `${first.path}+${batch.length}` : first.path,
      () =>
        isBulk ? createTogether(batch, parent, deps.taiga) : createOne(first, parent, deps.taiga),
    );
    if (hasNewTag(first.changes, first.project)) deps.projects.drop(first.project.id);
    const outcomes: CreateOutcome[] = [];
    for (const [index, item] of batch.entries()) {
      // Taiga returns the items of a bulk request in the order of the request.
      outcomes.push(...(await finishItem(item, made[index]!, deps, state)));
    }
    return outcomes;
  } catch (error) {
    const { failure, stops } = toItemFailure(error);
    state.stopped ||= stops;
    return batch.flatMap((item) => withTasks(item, failure));
  }
}

/** Writes what needs requests of its own: custom fields, epic links and tasks. */
async function finishItem(
  item: PlannedItem,
  made: Made,
  deps: CreateDeps,
  state: State,
): Promise<CreateOutcome[]> {
  deps.projects.refs.remember(item.project.id, made.ref, { kind: item.kind, id: made.id });
  const notes = [
    ...(await setCustomFields(item, made, deps, state)),
    ...(await setLinks(item, made, deps, state)),
  ];
  const note = notes.length === 0 ? {} : { note: notes.join("; ") };
  const outcome = { outcome: "created" as const, ref: made.ref, ...note };
  const story = { ...made, sprint: item.changes.sprint?.id ?? null };
  const outcomes: CreateOutcome[] = [{ ...describe(item), ...outcome }];
  for (const batch of toBatches(item.tasks, story.sprint)) {
    outcomes.push(...(await createBatch(batch, story, deps, state)));
  }
  return outcomes;
}

async function createOne(
  item: PlannedItem,
  parent: Story | undefined,
  taiga: TaigaClient,
): Promise<Made[]> {
  const { subject, project, kind } = item;
  const under: ItemPatch = parent === undefined ? {} : { user_story: parent.id };
  const values = { ...toCreateValues(item), ...under, project: project.id, subject };
  const { id, ref } = await createTaigaItems(taiga).create(kind, values);
  return [{ id, ref }];
}

async function createTogether(
  batch: readonly PlannedItem[],
  parent: Story | undefined,
  taiga: TaigaClient,
): Promise<Made[]> {
  const { project, kind, changes } = batch[0]!;
  const shared = {
    projectId: project.id,
    subjects: batch.map(({ subject }) => subject),
    statusId: changes.status?.id,
  };
  const milestoneId = parent?.sprint ?? changes.sprint?.id ?? undefined;
  const makers: Record<ItemKind, () => Promise<Made[]>> = {
    story: () => taiga.userStories.bulkCreate(shared),
    // `bulkKey` admits only tasks that are in a sprint.
    task: () =>
      taiga.tasks.bulkCreate({ ...shared, milestoneId: milestoneId!, userStoryId: parent?.id }),
    issue: () => taiga.issues.bulkCreate({ ...shared, milestoneId }),
    epic: () => taiga.epics.bulkCreate(shared),
  };
  const made = await makers[kind]();
  return made.map(({ id, ref }) => ({ id, ref }));
}

/** A new item has no custom field values and version 1, so nothing needs to be read. */
async function setCustomFields(
  { kind, path, changes }: PlannedItem,
  { id }: Made,
  { taiga, progress }: CreateDeps,
  state: State,
): Promise<string[]> {
  if (changes.customFields === undefined || changes.customFields.length === 0) return [];
  const values = Object.fromEntries(
    changes.customFields.map(({ field, value }) => [field.id, value]),
  );
  try {
    await progress.step(`${path}:custom_fields`, () =>
      taiga.customAttributeValues.update(TAIGA_WORDS[kind].type, id, {
        attributes_values: values,
        version: 1,
      }),
    );
    return [];
  } catch (error) {
    const { failure, stops } = toItemFailure(error);
    state.stopped ||= stops;
    return [`custom_fields were not set: ${failure.error}`];
  }
}

/** Adds a new story to its epics, or stories to a new epic. */
async function setLinks(
  { kind, path, changes }: PlannedItem,
  { id }: Made,
  { taiga, progress }: CreateDeps,
  state: State,
): Promise<string[]> {
  const others = (kind === "story" ? changes.epics : changes.stories) ?? [];
  const notes: string[] = [];
  for (const other of others) {
    if (state.stopped) return [...notes, `${other.name} was not linked`];
    const ids =
      kind === "story" ? { epicId: other.id, storyId: id } : { epicId: id, storyId: other.id };
    const link: EpicLink = { ...ids, action: "add" };
    try {
      // undefined is not JSON-serialisable, so return true.
      await progress.step(`${path}:link:${other.id}`, async () => {
        await writeLink(link, taiga);
        return true;
      });
    } catch (error) {
      const { failure, stops } = toItemFailure(error);
      state.stopped ||= stops;
      notes.push(`${other.name} was not linked: ${failure.error}`);
    }
  }
  return notes;
}

const describe = ({ path, kind, subject, project }: PlannedItem) => ({
  path,
  kind,
  subject,
  project: project.slug,
});

const withTasks = (item: PlannedItem, failure: ItemFailure): CreateOutcome[] => [
  { ...describe(item), ...failure },
  ...item.tasks.map((task) => ({ ...describe(task), ...NOT_ATTEMPTED })),
];

/**
 * Groups neighbours that a bulk request creates exactly as single requests would: same kind,
 * project and status, and no other field except epics, which need a request each anyway. Taiga
 * creates tasks in bulk only in a sprint, and gives issues created in bulk the default status.
 *
 * @param sprint the sprint of the story to which these tasks belong.
 */
function toBatches(items: readonly PlannedItem[], sprint?: number | null): PlannedItem[][] {
  const batches: { key: string | undefined; items: PlannedItem[] }[] = [];
  for (const item of items) {
    const key = bulkKey(item, sprint);
    const last = batches.at(-1);
    if (key !== undefined && last?.key === key) last.items.push(item);
    else batches.push({ key, items: [item] });
  }
  return batches.map(({ items: batch }) => batch);
}

/** Equal for items that can share a bulk request; `undefined` if an item needs its own request. */
function bulkKey(item: PlannedItem, parentSprint?: number | null): string | undefined {
  const { kind, project, changes, tasks } = item;
  const { status, sprint, epics: _epics, ...rest } = changes;
  if (Object.keys(rest).length > 0 || tasks.length > 0) return undefined;
  const sprintId = parentSprint ?? sprint?.id ?? null;
  const fits = {
    story: sprintId === null,
    task: sprintId !== null,
    issue: status === undefined,
    epic: true,
  };
  return fits[kind] ? [kind, project.id, status?.id, sprintId].join(" ") : undefined;
}
