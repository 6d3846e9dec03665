import type { Timestamp } from "./project-tables.ts";

/** A key of a user with any JSON. */
export interface StorageEntry {
  user: number;
  key: string;
  value: unknown;
  created_date: Timestamp;
  modified_date: Timestamp;
}

/** The page with which a project opens for a user, by Taiga's number. */
export interface HomepageSetting {
  id: number;
  user: number;
  project: number;
  homepage: number;
}

/** A message in Taiga's own pages. */
export interface WebNotification {
  id: number;
  /** Taiga's number of what has happened. */
  event_type: number;
  /** Who is told. */
  user: number;
  /** Who did it. */
  author: number;
  /** The object and its project, as they were then. */
  data: Record<string, unknown>;
  created: string;
  read: string | null;
}

/** An address that hears about a project's changes. */
export interface Webhook {
  id: number;
  project: number;
  name: string;
  url: string;
  /** Signs the deliveries. */
  key: string;
}

/** A delivery. */
export interface WebhookLog {
  id: number;
  webhook: number;
  url: string;
  /** The status of the answer; 0 when there was none. */
  status: number;
  request_data: Record<string, unknown>;
  request_headers: Record<string, string>;
  response_data: string;
  response_headers: Record<string, string>;
  /** In seconds. */
  duration: number;
  created: Timestamp;
}
