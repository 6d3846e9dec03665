import { createBoards } from "./resources/boards.ts";
import type { Boards } from "./resources/boards.ts";
import { createContactProject } from "./resources/contact.ts";
import type { ContactProject } from "./resources/contact.ts";
import { createCsvReports } from "./resources/csv-reports.ts";
import type { CsvReports } from "./resources/csv-reports.ts";
import { createFilterOptions } from "./resources/filter-options.ts";
import type { ReadFilterOptions } from "./resources/filter-options.ts";
import { createVotes, createWatchers } from "./resources/followers.ts";
import type { Votes, Watchers } from "./resources/followers.ts";
import { createProjectIntegrations } from "./resources/integrations.ts";
import type { ProjectIntegrations } from "./resources/integrations.ts";
import { createMemberships } from "./resources/memberships.ts";
import type { Memberships } from "./resources/memberships.ts";
import { createNotifications } from "./resources/notifications.ts";
import type { Notifications } from "./resources/notifications.ts";
import { createExportProject } from "./resources/project-exports.ts";
import type { ExportProject } from "./resources/project-exports.ts";
import { createProjectSettings } from "./resources/project-settings.ts";
import type { ProjectSettings } from "./resources/project-settings.ts";
import { createProjectStatistics } from "./resources/project-stats.ts";
import type { ProjectStatistics } from "./resources/project-stats.ts";
import { createProjectTags } from "./resources/project-tags.ts";
import type { ProjectTags } from "./resources/project-tags.ts";
import { createProjectTransfer } from "./resources/project-transfer.ts";
import type { ProjectTransfer } from "./resources/project-transfer.ts";
import { createRoles } from "./resources/roles.ts";
import type { Roles } from "./resources/roles.ts";
import { createUserStorage } from "./resources/user-storage.ts";
import type { UserStorage } from "./resources/user-storage.ts";
import { createValueLists } from "./resources/value-lists.ts";
import type { ValueLists } from "./resources/value-lists.ts";
import { createWebhooks } from "./resources/webhooks.ts";
import type { Webhooks } from "./resources/webhooks.ts";
import { createWikiLinks } from "./resources/wiki-links.ts";
import type { WikiLinks } from "./resources/wiki-links.ts";
import { createWipLimits } from "./resources/wip-limits.ts";
import type { WipLimits } from "./resources/wip-limits.ts";
import { createApplications, createApplicationTokens } from "./resources/applications.ts";
import type { Applications, ApplicationTokens } from "./resources/applications.ts";
import { createAttachments } from "./resources/attachments.ts";
import type { Attachments } from "./resources/attachments.ts";
import { createAuth } from "./resources/auth.ts";
import type { Auth } from "./resources/auth.ts";
import { createCustomAttributeValues } from "./resources/custom-attribute-values.ts";
import type { CustomAttributeValuesResource } from "./resources/custom-attribute-values.ts";
import { createEpics } from "./resources/epics.ts";
import type { Epics } from "./resources/epics.ts";
import { createHistory } from "./resources/history.ts";
import type { History } from "./resources/history.ts";
import { createIssues } from "./resources/issues.ts";
import type { Issues } from "./resources/issues.ts";
import { createMilestones } from "./resources/milestones.ts";
import type { Milestones } from "./resources/milestones.ts";
import { createProjects } from "./resources/projects.ts";
import type { Projects } from "./resources/projects.ts";
import { createResolver } from "./resources/resolver.ts";
import type { Resolver } from "./resources/resolver.ts";
import { createSearch } from "./resources/search.ts";
import type { Search } from "./resources/search.ts";
import { createTasks } from "./resources/tasks.ts";
import type { Tasks } from "./resources/tasks.ts";
import { createTimeline } from "./resources/timeline.ts";
import type { Timeline } from "./resources/timeline.ts";
import { createUserStories } from "./resources/user-stories.ts";
import type { UserStories } from "./resources/user-stories.ts";
import { createProfiles } from "./resources/profiles.ts";
import type { Profiles } from "./resources/profiles.ts";
import { createUsers } from "./resources/users.ts";
import type { Users } from "./resources/users.ts";
import { createWikiPages } from "./resources/wiki-pages.ts";
import type { WikiPages } from "./resources/wiki-pages.ts";
import { createTaigaRequest } from "./taiga-request.ts";
import type { TaigaCredential } from "./taiga-request.ts";
import type { TaigaTransport } from "./transport.ts";

/** Taiga as one user sees it. Every method throws only `TaigaError`. */
export interface TaigaClient {
  auth: Auth;
  applications: Applications;
  applicationTokens: ApplicationTokens;
  users: Users;
  profiles: Profiles;
  projects: Projects;
  epics: Epics;
  userStories: UserStories;
  tasks: Tasks;
  issues: Issues;
  milestones: Milestones;
  wikiPages: WikiPages;
  history: History;
  customAttributeValues: CustomAttributeValuesResource;
  attachments: Attachments;
  timeline: Timeline;
  resolver: Resolver;
  search: Search;
  boards: Boards;
  webhooks: Webhooks;
  memberships: Memberships;
  roles: Roles;
  valueLists: ValueLists;
  wipLimits: WipLimits;
  wikiLinks: WikiLinks;
  notifications: Notifications;
  votes: Votes;
  watchers: Watchers;
  projectTags: ProjectTags;
  projectStats: ProjectStatistics;
  projectTransfer: ProjectTransfer;
  projectSettings: ProjectSettings;
  projectIntegrations: ProjectIntegrations;
  exportProject: ExportProject;
  csvReports: CsvReports;
  userStorage: UserStorage;
  filterOptions: ReadFilterOptions;
  contactProject: ContactProject;
}

/**
 * Cheap: create one per served request.
 * @param credential if omitted, calls are anonymous.
 * @param options `signal` cancels every call made through this client.
 */
export function createTaigaClient(
  transport: TaigaTransport,
  credential?: TaigaCredential,
  options: { signal?: AbortSignal | undefined } = {},
): TaigaClient {
  const request = createTaigaRequest(transport, credential, options.signal);
  return {
    auth: createAuth(request),
    applications: createApplications(request),
    applicationTokens: createApplicationTokens(request),
    users: createUsers(request),
    profiles: createProfiles(request),
    projects: createProjects(request),
    epics: createEpics(request),
    userStories: createUserStories(request),
    tasks: createTasks(request),
    issues: createIssues(request),
    milestones: createMilestones(request),
    wikiPages: createWikiPages(request),
    history: createHistory(request),
    customAttributeValues: createCustomAttributeValues(request),
    attachments: createAttachments(request),
    timeline: createTimeline(request),
    resolver: createResolver(request),
    search: createSearch(request),
    boards: createBoards(request),
    webhooks: createWebhooks(request),
    memberships: createMemberships(request),
    roles: createRoles(request),
    valueLists: createValueLists(request),
    wipLimits: createWipLimits(request),
    wikiLinks: createWikiLinks(request),
    notifications: createNotifications(request),
    votes: createVotes(request),
    watchers: createWatchers(request),
    projectTags: createProjectTags(request),
    projectStats: createProjectStatistics(request),
    projectTransfer: createProjectTransfer(request),
    projectSettings: createProjectSettings(request),
    projectIntegrations: createProjectIntegrations(request),
    exportProject: createExportProject(request),
    csvReports: createCsvReports(request),
    userStorage: createUserStorage(request),
    filterOptions: createFilterOptions(request),
    contactProject: createContactProject(request),
  };
}
