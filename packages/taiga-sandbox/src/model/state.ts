import type {
  Application,
  ApplicationToken,
  ColoredValue,
  CustomAttribute,
  CustomAttributeValues,
  DueDate,
  Membership,
  Points,
  Project,
  Role,
  Status,
  StoryStatus,
  Swimlane,
  User,
} from "./project-tables.ts";
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

export type * from "./project-tables.ts";
export type * from "./work-tables.ts";

/**
 * The tables. A row keeps Taiga's own column names, so that a representation is mostly a pick of
 * columns; everything in here is plain JSON and is persisted as it stands.
 */

export interface State {
  users: User[];
  applications: Application[];
  applicationTokens: ApplicationToken[];
  projects: Project[];
  roles: Role[];
  memberships: Membership[];
  epicStatuses: Status[];
  storyStatuses: StoryStatus[];
  taskStatuses: Status[];
  issueStatuses: Status[];
  issueTypes: ColoredValue[];
  priorities: ColoredValue[];
  severities: ColoredValue[];
  points: Points[];
  storyDueDates: DueDate[];
  taskDueDates: DueDate[];
  issueDueDates: DueDate[];
  swimlanes: Swimlane[];
  customAttributes: CustomAttribute[];
  customAttributeValues: CustomAttributeValues[];
  milestones: Milestone[];
  epics: Epic[];
  userstories: UserStory[];
  relatedStories: RelatedStory[];
  tasks: Task[];
  issues: Issue[];
  wikiPages: WikiPage[];
  wikiLinks: WikiLink[];
  votes: Vote[];
  attachments: Attachment[];
  /** The bytes of each attachment in base64, by the attachment's id. */
  attachmentContents: Record<string, string>;
  history: HistoryEntry[];
  timeline: TimelineEvent[];
  /** Refresh tokens that were exchanged already: `jti` to `exp` (epoch seconds). */
  usedRefreshTokens: Record<string, number>;
  /** The highest id given out in each table, so that no id is ever used twice. */
  lastIds: Record<string, number>;
  /** The last board position given out, in microseconds since the epoch; only ever grows. */
  lastOrder: number;
}

export function createEmptyState(): State {
  return {
    users: [],
    applications: [],
    applicationTokens: [],
    projects: [],
    roles: [],
    memberships: [],
    epicStatuses: [],
    storyStatuses: [],
    taskStatuses: [],
    issueStatuses: [],
    issueTypes: [],
    priorities: [],
    severities: [],
    points: [],
    storyDueDates: [],
    taskDueDates: [],
    issueDueDates: [],
    swimlanes: [],
    customAttributes: [],
    customAttributeValues: [],
    milestones: [],
    epics: [],
    userstories: [],
    relatedStories: [],
    tasks: [],
    issues: [],
    wikiPages: [],
    wikiLinks: [],
    votes: [],
    attachments: [],
    attachmentContents: {},
    history: [],
    timeline: [],
    usedRefreshTokens: {},
    lastIds: {},
    lastOrder: 0,
  };
}
