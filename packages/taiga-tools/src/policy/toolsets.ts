/** Groups of tools that are switched on together; `core` is the default. */
export const TOOLSETS = [
  "core",
  "comments",
  "social",
  "wiki",
  "notifications",
  "diagnostics",
] as const;
export type Toolset = (typeof TOOLSETS)[number];
