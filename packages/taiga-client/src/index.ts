export { TaigaError } from "./errors.ts";
export type { TaigaErrorCode, TaigaErrorDetails } from "./errors.ts";
export type { Page, PageRequest } from "./pagination.ts";
export type { FilterScalar, FilterValue } from "./query.ts";
export type { Attachment } from "./resources/attachments.ts";
export type { LoginResult, LoginValues, TokenPair } from "./resources/auth.ts";
export type { CustomAttributeValues } from "./resources/custom-attribute-values.ts";
export type { HistoryEntry, TaigaItemKind } from "./resources/history.ts";
export type { ItemResource, NewItem, ProjectKey } from "./resources/item-resource.ts";
export type { Milestone } from "./resources/milestones.ts";
export type {
  Choice,
  CustomAttribute,
  Member,
  MilestoneSummary,
  Points,
  Role,
  Status,
  Swimlane,
  UserStoryStatus,
} from "./resources/project-values.ts";
export type { ProjectDetail, ProjectRow } from "./resources/projects.ts";
export type { ResolvedRef } from "./resources/resolver.ts";
export type {
  EpicSummary,
  ProjectSummary,
  StatusSummary,
  Tag,
  UserSummary,
} from "./resources/schema-parts.ts";
export type { Task, TaskBulk, TaskChanges, TaskFilter, TaskRow } from "./resources/tasks.ts";
export type {
  UserStory,
  UserStoryBulk,
  UserStoryChanges,
  UserStoryFilter,
  UserStoryRow,
} from "./resources/user-stories.ts";
export type { Me, User } from "./resources/users.ts";
export { createTaigaClient } from "./taiga-client.ts";
export type { TaigaClient } from "./taiga-client.ts";
export type { TaigaCredential } from "./taiga-request.ts";
export { createTaigaTransport } from "./transport.ts";
export type {
  TaigaHttpRequest,
  TaigaHttpResponse,
  TaigaTransport,
  TaigaTransportOptions,
} from "./transport.ts";
