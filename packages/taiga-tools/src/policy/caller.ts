import type { AccessLevel } from "./access-level.ts";

/** Who makes a request, as any entry knows them: over HTTP, on a terminal, in a program. */
export interface Caller {
  /** Names the user; what is remembered for one subject is never shown to another. */
  subject: string;
  /** The highest access level that the user agreed to. */
  access: AccessLevel;
  /** Ids of the Taiga projects that the user agreed to, or all that they can see. */
  projects: "all" | readonly number[];
  /** The request's id in the log. */
  requestId: string;
}
