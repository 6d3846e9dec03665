import type { Kv } from "@taiga-mcp/store";

/** Who caused a record: see `RequestNotes.isNewcomer`. */
export interface Cause {
  isNewcomer: boolean;
}

export interface BoundedRecordsDeps {
  kv: Pick<Kv, "firstToEnd">;
  /** Index of the records that newcomers cause, and of all others. */
  indexes: { newcomers: string; others: string };
  /** How many unused records the store keeps. */
  maximum: number;
  /** How long an unused record lives, in seconds; one that ends later is in use. */
  unusedTtlSeconds: number;
  /** Deletes a record that is still unused; others stay. */
  deleteUnused: (key: string) => Promise<void>;
}

/** Records of strangers that have not been used yet; their number is limited. */
export interface BoundedRecords {
  /** The index that a new record enters. */
  indexOf(cause: Cause): string;
  /** To be called after each new record: deletes those above the limit from time to time. */
  added(): Promise<void>;
}

/**
 * Keeps a flood of strangers from filling the store, without refusing anybody: the oldest unused
 * records go first, and those of networks that cause many go before those of newcomers.
 *
 * Each process counts its own new records and looks at the store only now and then, so that the
 * number may exceed the limit by a hundredth for each process.
 */
export function createBoundedRecords(deps: BoundedRecordsDeps): BoundedRecords {
  const { kv, indexes, maximum, unusedTtlSeconds, deleteUnused } = deps;
  const interval = Math.max(1, Math.floor(maximum / 100));
  const listed = { withinSeconds: unusedTtlSeconds, limit: maximum + 10 * interval };
  let untilCheck = 1;

  async function evict(): Promise<void> {
    const [others, newcomers] = await Promise.all([
      kv.firstToEnd(indexes.others, listed),
      kv.firstToEnd(indexes.newcomers, listed),
    ]);
    const excess = others.length + newcomers.length - maximum;
    if (excess <= 0) return;
    await Promise.all([...others, ...newcomers].slice(0, excess).map(deleteUnused));
  }

  return {
    indexOf: ({ isNewcomer }) => (isNewcomer ? indexes.newcomers : indexes.others),
    added: async () => {
      untilCheck -= 1;
      if (untilCheck > 0) return;
      untilCheck = interval;
      await evict();
    },
  };
}
