import type {
  Epic,
  HistoryEntry,
  Issue,
  Milestone,
  MilestoneStats,
  ProjectDetail,
  TaigaClient,
  Task,
  TimelineEntry,
  UserStory,
  WikiPage,
} from "@taiga-mcp/taiga-client";

/** An item of any kind, with its fields by name. */
export type AnyItem = (UserStory | Task | Issue | Epic) & Record<string, unknown>;
export const KINDS = ["userstory", "task", "issue", "epic"] as const;
export type Kind = (typeof KINDS)[number];
/** The query of a list request. */
export type Filter = Record<string, unknown>;

/** Taiga in memory: what it holds, what it was asked, and what a test may do to it. */
export interface TaigaDouble {
  client: TaigaClient;
  /** What was asked, such as `userStories.update`, in order. */
  calls: string[];
  /** Filters of list requests. */
  filters: Filter[];
  projects: ProjectDetail[];
  sprints: Milestone[];
  items: { [One in Kind]: AnyItem[] };
  /** Which stories are in which epic. */
  links: { epic: number; user_story: number }[];
  pages: WikiPage[];
  timeline: TimelineEntry[];
  stats: MilestoneStats;
  history: Map<string, HistoryEntry[]>;
  custom: Map<string, { attributes_values: Record<string, unknown>; version: number }>;
  /** Adds an item; the next free ref and id unless given. */
  add(kind: Kind, values?: Record<string, unknown>): AnyItem;
  addPage(slug: string, content?: string): WikiPage;
  /** Shows the links on the stories, as Taiga does. */
  relink(): void;
  /** Somebody else changes an item, in their own words. */
  change(item: AnyItem, changes: Record<string, unknown>, by?: string): void;
  /** Called before each request; may throw or change things. */
  before: (call: string) => void | Promise<void>;
}
