import { createEmptyState, type State } from "../model/state.ts";
import { seedDemo } from "./demo.ts";
import { seedObserved } from "./observed.ts";

/** What a fresh sandbox can hold. `empty` has not even a user. */
export type SeedName = "demo" | "observed" | "empty";

/** @param now dates of the content are relative to its day. */
export function createSeed(name: SeedName, now: Date): State {
  const state = createEmptyState();
  if (name === "demo") seedDemo(state, now);
  if (name === "observed") seedObserved(state, now);
  return state;
}
