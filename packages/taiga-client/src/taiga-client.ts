import { createAttachments } from "./resources/attachments.ts";
import type { Attachments } from "./resources/attachments.ts";
import { createAuth } from "./resources/auth.ts";
import type { Auth } from "./resources/auth.ts";
import { createCustomAttributeValues } from "./resources/custom-attribute-values.ts";
import type { CustomAttributeValuesResource } from "./resources/custom-attribute-values.ts";
import { createHistory } from "./resources/history.ts";
import type { History } from "./resources/history.ts";
import { createMilestones } from "./resources/milestones.ts";
import type { Milestones } from "./resources/milestones.ts";
import { createProjects } from "./resources/projects.ts";
import type { Projects } from "./resources/projects.ts";
import { createResolver } from "./resources/resolver.ts";
import type { Resolver } from "./resources/resolver.ts";
import { createTasks } from "./resources/tasks.ts";
import type { Tasks } from "./resources/tasks.ts";
import { createUserStories } from "./resources/user-stories.ts";
import type { UserStories } from "./resources/user-stories.ts";
import { createUsers } from "./resources/users.ts";
import type { Users } from "./resources/users.ts";
import { createTaigaRequest } from "./taiga-request.ts";
import type { TaigaCredential } from "./taiga-request.ts";
import type { TaigaTransport } from "./transport.ts";

/** Taiga as one user sees it. Every method fails with a `TaigaError` and nothing else. */
export interface TaigaClient {
  auth: Auth;
  users: Users;
  projects: Projects;
  userStories: UserStories;
  tasks: Tasks;
  milestones: Milestones;
  history: History;
  customAttributeValues: CustomAttributeValuesResource;
  attachments: Attachments;
  resolver: Resolver;
}

/**
 * Cheap: make one for each request that is served.
 * @param credential left out: anonymous.
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
    users: createUsers(request),
    projects: createProjects(request),
    userStories: createUserStories(request),
    tasks: createTasks(request),
    milestones: createMilestones(request),
    history: createHistory(request),
    customAttributeValues: createCustomAttributeValues(request),
    attachments: createAttachments(request),
    resolver: createResolver(request),
  };
}
