import { LRUCache } from "lru-cache";
import { type ItemKind } from "../kinds.ts";

/** The kind and id of the item that a ref names. */
export interface RefMeaning {
  kind: ItemKind;
  id: number;
}

/**
 * Caches the kinds and ids of refs in one user's projects. A ref always names the same item, so an
 * entry becomes wrong only if the item is deleted; callers that notice must call `forget`.
 */
export interface RefMemory {
  recall(projectId: number, ref: number): RefMeaning | undefined;
  remember(projectId: number, ref: number, meaning: RefMeaning): void;
  forget(projectId: number, ref: number): void;
}

/** @param max number of entries; the least recently used is evicted first. */
export function createRefMemory(max: number): RefMemory {
  const refs = new LRUCache<string, RefMeaning>({ max });
  const key = (projectId: number, ref: number) => `${projectId}#${ref}`;
  return {
    recall: (projectId, ref) => refs.get(key(projectId, ref)),
    // Copy the two members: callers may pass a whole item, which must not stay in memory.
    remember: (projectId, ref, { kind, id }) => void refs.set(key(projectId, ref), { kind, id }),
    forget: (projectId, ref) => void refs.delete(key(projectId, ref)),
  };
}
