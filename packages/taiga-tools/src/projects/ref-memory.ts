import { LRUCache } from "lru-cache";
import { type ItemKind } from "../kinds.ts";

/** What an item's number stands for in Taiga. */
export interface RefMeaning {
  kind: ItemKind;
  id: number;
}

/**
 * What refs of one user's projects stand for, as far as seen. A ref never changes its meaning, so
 * an entry is wrong only when the item is gone; the caller who finds that out forgets it.
 */
export interface RefMemory {
  recall(projectId: number, ref: number): RefMeaning | undefined;
  remember(projectId: number, ref: number, meaning: RefMeaning): void;
  forget(projectId: number, ref: number): void;
}

/** @param max entries kept; the longest unused goes first. */
export function createRefMemory(max: number): RefMemory {
  const refs = new LRUCache<string, RefMeaning>({ max });
  const key = (projectId: number, ref: number) => `${projectId}#${ref}`;
  return {
    recall: (projectId, ref) => refs.get(key(projectId, ref)),
    // Only what is needed: an item may be passed, and must not be kept.
    remember: (projectId, ref, { kind, id }) => void refs.set(key(projectId, ref), { kind, id }),
    forget: (projectId, ref) => void refs.delete(key(projectId, ref)),
  };
}
