import type { AccessLevel } from "./access-level.ts";

/** The user who makes a request, independent of how it arrived: HTTP, terminal or program. */
export interface Caller {
  /** Identifies the user; data cached for one subject is never shown to another. */
  subject: string;
  /** The highest access level that the user agreed to. */
  access: AccessLevel;
  /** Ids of the Taiga projects that the user agreed to, or `all` that they can see. */
  projects: "all" | readonly number[];
  /** The request's id in the log. */
  requestId: string;
}
