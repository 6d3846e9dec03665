import { ToolError } from "../../errors.ts";

/**
 * Looks names up in several places (projects, kinds) of which some may not have them. A name that
 * no place has is an error; one that some have finds nothing in the others.
 */
export interface NameCheck {
  /** What the name stands for here, or `undefined` when it is unknown here. */
  tryFind<Result>(
    field: string,
    name: string,
    find: () => Promise<Result> | Result,
  ): Promise<Result | undefined>;
  /** @throws {ToolError} the first name that no place knew. */
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
