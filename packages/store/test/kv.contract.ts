import { describe } from "vitest";
import { dueListContract } from "./due-list.contract.ts";
import { closeContract } from "./kv-close.contract.ts";
import { entriesContract } from "./kv-entries.contract.ts";
import { indexesContract } from "./kv-indexes.contract.ts";
import { scanContract } from "./kv-scan.contract.ts";
import { writesContract } from "./kv-writes.contract.ts";
import { lockContract } from "./lock.contract.ts";
import { type KvUnderTest, withStore } from "./support/kv-under-test.ts";
import { updateEntryContract } from "./update-entry.contract.ts";

/**
 * What every implementation of `Kv` keeps: each sentence of `kv.ts`, and what follows from it, such
 * as the functions that use nothing but a `Kv`.
 * Tests run side by side, so a store on real time costs seconds only once.
 */
export function kvContract(name: string, create: () => Promise<KvUnderTest>): void {
  const it = withStore(create);
  describe.concurrent(`${name} as a Kv`, () => {
    entriesContract(it);
    writesContract(it);
    indexesContract(it);
    scanContract(it);
    closeContract(it);
  });
  describe.concurrent(`what is built on ${name}`, () => {
    updateEntryContract(it);
    lockContract(it);
    dueListContract(it);
  });
}
