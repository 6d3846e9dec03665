/** Groups of tools that are switched on together; `core` is the default. */
export const TOOLSETS = ["core"] as const;
export type Toolset = (typeof TOOLSETS)[number];
