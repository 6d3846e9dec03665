import { ToolError } from "../../errors.ts";

/**
 * Looks up names in several places (projects, kinds). A name that is unknown in all places is an
 * error; one that is known in some places matches nothing in the others.
 */
export interface NameCheck {
  /** Looks up the name in one place; `undefined` if it is unknown there. */
  tryFind<Result>(
    field: string,
    name: string,
    find: () => Promise<Result> | Result,
  ): Promise<Result | undefined>;
  /** @throws {ToolError} for the first name that was unknown in all places. */
  verifyAllKnown(): void;
}

export function createNameCheck(): NameCheck {
  const failures = new Map<string, ToolError>();
  const known = new Set<string>();
  return {
    async tryFind(field, name, find) {
      const key = JSON.stringify([field, name]);
      try {
        const result = await find();
        known.add(key);
        return result;
      } catch (error) {
        if (!(error instanceof ToolError) || error.code !== "not_found") throw error;
        if (!failures.has(key)) failures.set(key, error);
        return undefined;
      }
    },
    verifyAllKnown() {
      for (const [key, error] of failures) if (!known.has(key)) throw error;
    },
  };
}
