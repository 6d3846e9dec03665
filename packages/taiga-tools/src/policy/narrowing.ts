import type { Toolset } from "./toolsets.ts";

/** The limits in the address that a client uses. They only reduce what operator and user allow. */
export interface Narrowing {
  /** `undefined` for all toolsets that the operator offers. */
  toolsets: readonly Toolset[] | undefined;
  /** Only tools that change nothing. */
  readOnly: boolean;
}

/** No limits besides those of operator and user. */
export const NO_NARROWING: Narrowing = { toolsets: undefined, readOnly: false };
