import type {
  Application,
  ApplicationToken,
  ColoredValue,
  CustomAttribute,
  CustomAttributeValues,
  DueDate,
  Fan,
  Invitation,
  Membership,
  NotifyPolicy,
  Points,
  Project,
  Role,
  Status,
  StoryStatus,
  Swimlane,
  User,
} from "./project-tables.ts";
import type {
  HomepageSetting,
  StorageEntry,
  Webhook,
  WebhookLog,
  WebNotification,
} from "./account-tables.ts";
import type {
  Attachment,
  Epic,
  HistoryEntry,
  Issue,
  Milestone,
  RelatedStory,
  Task,
  TimelineEvent,
  UserStory,
  Vote,
  WikiLink,
  WikiPage,
} from "./work-tables.ts";

export type * from "./account-tables.ts";
export type * from "./project-tables.ts";
export type * from "./work-tables.ts";

/**
 * The tables. Rows have Taiga's column names, so that an answer is mostly a copy of the row. The state
 * is plain JSON and is stored unchanged.
 */
export type State = ReturnType<typeof createEmptyState>;

/** Tables without a row. */
export const createEmptyState = () => ({
  users: [] as User[],
  applications: [] as Application[],
  applicationTokens: [] as ApplicationToken[],
  projects: [] as Project[],
  roles: [] as Role[],
  memberships: [] as Membership[],
  invitations: [] as Invitation[],
  notifyPolicies: [] as NotifyPolicy[],
  fans: [] as Fan[],
  epicStatuses: [] as Status[],
  storyStatuses: [] as StoryStatus[],
  taskStatuses: [] as Status[],
  issueStatuses: [] as Status[],
  issueTypes: [] as ColoredValue[],
  priorities: [] as ColoredValue[],
  severities: [] as ColoredValue[],
  points: [] as Points[],
  storyDueDates: [] as DueDate[],
  taskDueDates: [] as DueDate[],
  issueDueDates: [] as DueDate[],
  swimlanes: [] as Swimlane[],
  customAttributes: [] as CustomAttribute[],
  customAttributeValues: [] as CustomAttributeValues[],
  milestones: [] as Milestone[],
  epics: [] as Epic[],
  userstories: [] as UserStory[],
  relatedStories: [] as RelatedStory[],
  tasks: [] as Task[],
  issues: [] as Issue[],
  wikiPages: [] as WikiPage[],
  wikiLinks: [] as WikiLink[],
  votes: [] as Vote[],
  attachments: [] as Attachment[],
  /** The bytes of each attachment in base64, by the attachment's id. */
  attachmentContents: {} as Record<string, string>,
  storage: [] as StorageEntry[],
  homepages: [] as HomepageSetting[],
  webNotifications: [] as WebNotification[],
  webhooks: [] as Webhook[],
  webhookLogs: [] as WebhookLog[],
  history: [] as HistoryEntry[],
  timeline: [] as TimelineEvent[],
  /** Refresh tokens that were exchanged already: `jti` to `exp` (epoch seconds). */
  usedRefreshTokens: {} as Record<string, number>,
  /** The highest assigned id of each table, so that no id is used twice. */
  lastIds: {} as Record<string, number>,
  /** The last assigned board position, in microseconds since the epoch; never decreases. */
  lastOrder: 0,
});
