import { allocateId } from "../model/rows.ts";
import { createEmptyState, type State } from "../model/state.ts";
import { buildProject } from "./build-project.ts";
import { capture } from "./capture.ts";
import { createDraft, type Draft } from "./draft.ts";
import { demo } from "./demo.ts";
import { observed } from "./observed.ts";
import type { Seed } from "./seed.ts";

const SEEDS = { demo, observed, capture, empty: { users: [], projects: [] } } satisfies Record<
  string,
  Seed
>;

/** The seeds that come with the sandbox. `empty` has not even a user. */
export type SeedName = keyof typeof SEEDS;

/**
 * Builds the tables of a seed.
 *
 * @param now dates of the content are relative to its day.
 * @throws {Error} when the seed names something that it does not have.
 */
export function createSeed(seed: SeedName | Seed, now: Date): State {
  const { lastIds, applications, users, projects }: Seed =
    typeof seed === "string" ? SEEDS[seed] : seed;
  const state = createEmptyState();
  Object.assign(state.lastIds, lastIds);
  state.applications.push(...structuredClone(applications ?? []));
  const draft = createDraft(state, now);
  for (const user of users) addUser(draft, user);
  for (const project of projects) buildProject(draft, project);
  // A role of a seed may have an explicit id.
  state.lastIds["roles"] = Math.max(0, ...state.roles.map((role) => role.id));
  // History entries have random ids, except in seeds, which are always the same.
  for (const [index, entry] of state.history.entries()) {
    entry.id = `00000000-0000-4000-8000-${String(index + 1).padStart(12, "0")}`;
  }
  return state;
}

function addUser({ state, at }: Draft, { joined, ...columns }: Seed["users"][number]): void {
  const id = allocateId(state, "users");
  state.users.push({
    email: `${columns.username}@example.com`,
    bio: "",
    lang: "",
    theme: "",
    timezone: "",
    is_superuser: false,
    ...columns,
    id,
    password: `${columns.username}-password`,
    uuid: id.toString(16).padStart(32, "0"),
    date_joined: at(joined),
    is_active: true,
  });
}
