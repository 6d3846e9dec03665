export { TaigaError } from "./errors.ts";
export type { TaigaErrorCode, TaigaErrorDetails } from "./errors.ts";
export { toFileContent } from "./multipart.ts";
export type { FileContent, StreamedBody } from "./multipart.ts";
export type { Page, PageRequest } from "./pagination.ts";
export type { FilterScalar, FilterValue } from "./query.ts";
export type { Application, ApplicationToken } from "./resources/applications.ts";
export type { Attachment, AttachmentChanges, NewAttachment } from "./resources/attachments.ts";
export type { LoginResult, LoginValues, TokenPair } from "./resources/auth.ts";
export type { CustomAttributeValues } from "./resources/custom-attribute-values.ts";
export type { EpicStoryBulk, RelatedUserStory } from "./resources/epic-stories.ts";
export type { Epic, EpicBulk, EpicChanges, EpicFilter, EpicRow } from "./resources/epics.ts";
export type { CommentKey, CommentVersion, HistoryEntry } from "./resources/history.ts";
export type { Issue, IssueBulk, IssueChanges, IssueFilter, IssueRow } from "./resources/issues.ts";
export type { NewItem } from "./resources/item-changes.ts";
export type { TaigaItemKind, TaigaObjectKind } from "./resources/item-kind.ts";
export type { ItemResource, ProjectKey } from "./resources/item-resource.ts";
export type {
  Milestone,
  MilestoneChanges,
  MilestoneFilter,
  MilestoneStats,
  NewMilestone,
} from "./resources/milestones.ts";
export type {
  Choice,
  CustomAttribute,
  DueDateRule,
  Member,
  MilestoneSummary,
  Points,
  Role,
  Status,
  Swimlane,
  SwimlaneColumns,
  UserStoryStatus,
} from "./resources/project-values.ts";
export type {
  NewProject,
  NotifyLevel,
  ProjectCopy,
  ProjectDetail,
  ProjectFields,
  ProjectRow,
  ProjectTemplate,
} from "./resources/projects.ts";
export type { ResolvedRef, SlugInProject } from "./resources/resolver.ts";
export type {
  EpicSummary,
  ProjectSummary,
  StatusSummary,
  Tag,
  UserSummary,
} from "./resources/schema-parts.ts";
export type { SearchResult } from "./resources/search.ts";
export type { Task, TaskBulk, TaskChanges, TaskFilter, TaskRow } from "./resources/tasks.ts";
export type { TimelineEntry } from "./resources/timeline.ts";
export type {
  UserStory,
  UserStoryBulk,
  UserStoryChanges,
  UserStoryFilter,
  UserStoryRow,
} from "./resources/user-stories.ts";
export type {
  AccountChanges,
  Favourite,
  FavouriteFilter,
  Me,
  User,
  UserStats,
} from "./resources/users.ts";
export type { NewWikiPage, WikiPage, WikiPageChanges } from "./resources/wiki-pages.ts";
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
export type {
  BacklogPlace,
  KanbanPlace,
  Neighbour,
  SprintMove,
  TaskMove,
  TaskPlace,
} from "./resources/boards.ts";
export type { FilterOptions } from "./resources/filter-options.ts";
export type { Follower, WatchedKind } from "./resources/followers.ts";
export type { IntegrationChanges, Integrations } from "./resources/integrations.ts";
export type { Membership, MembershipBulk, NewMembership } from "./resources/memberships.ts";
export type { Notification, NotifyPolicy } from "./resources/notifications.ts";
export type { ProjectExport } from "./resources/project-exports.ts";
export type { ProjectSetting } from "./resources/project-settings.ts";
export type { IssueStats, MemberStats, ProjectStats } from "./resources/project-stats.ts";
export type { RoleDetail, RoleFields } from "./resources/roles.ts";
export type { StoredValue } from "./resources/user-storage.ts";
export type {
  OrderPair,
  OrderedValueList,
  ValueList,
  ValueLists,
} from "./resources/value-lists.ts";
export type { Webhook, WebhookFields, WebhookLog } from "./resources/webhooks.ts";
export type { WikiLink } from "./resources/wiki-links.ts";
export type { WipLimit } from "./resources/wip-limits.ts";
