import { group, toId, type Endpoint, type Handlers } from "../http/endpoint.ts";
import { toPage } from "../http/pagination.ts";
import { findMembership, isAllowed, refusal } from "../model/access.ts";
import { toTimestamp, type Context } from "../model/context.ts";
import { ApiError, notFound, permissionDenied } from "../model/errors.ts";
import { findById, mustFind } from "../model/rows.ts";
import type { Project, State, User } from "../model/state.ts";
import { mayLeave, removeMember } from "./members/member-writes.ts";
import { LEVELS, listWatchers, NO_NOTICES, policyOf } from "../projects/notify-policies.ts";
import { createAction, type ProjectAction } from "./project-action.ts";
import { reportActions } from "./project-secrets.ts";
import { logoActions } from "./project-logo.ts";
import { statsActions } from "./project-stats.ts";
import { tagActions } from "./project-tags.ts";
import { transferActions } from "./project-transfer.ts";

/** `/projects/{id}/…`: tags, followers, members' leave, change of owner, reports and numbers. */
export function projectActionRoutes(context: Context): Record<string, Endpoint> {
  const { state } = context;
  const action = createAction(state);
  const actions = {
    ...tagActions(state, action),
    ...followActions(context, action),
    ...transferActions(context, action),
    ...reportActions(context, action),
    ...logoActions(context),
    ...statsActions(context),
  };
  const paths = Object.entries(actions).map(([name, handlers]) => [
    `/projects/:id/${name}`,
    handlers,
  ]);
  return group("Project", Object.fromEntries(paths) as Record<string, Handlers>);
}

function followActions(context: Context, action: ProjectAction): Record<string, Handlers> {
  const { state, clock } = context;
  const withdraw = (project: Project, user: User): void => {
    state.fans = state.fans.filter((row) => row.project !== project.id || row.user !== user.id);
  };
  return {
    like: action(null, "blocked only", (project, user) => {
      withdraw(project, user);
      const created_date = toTimestamp(clock());
      state.fans.push({ project: project.id, user: user.id, created_date });
    }),
    unlike: action(null, "blocked only", withdraw),
    watch: action(null, "blocked only", (project, user, { notify_level }) => {
      const level = notify_level ?? 1;
      if (!LEVELS.includes(level as number)) {
        throw new ApiError(400, {
          _error_message: "Invalid value for notify level",
          _error_type: "taiga.base.exceptions.IntegrityError",
        });
      }
      policyOf(state, project, user.id).notify_level = level as number;
    }),
    unwatch: action(null, "blocked only", (project, user) => {
      policyOf(state, project, user.id).notify_level = NO_NOTICES;
    }),
    fans: people(state, (project) =>
      state.fans
        .filter((row) => row.project === project.id)
        .map((row) => mustFind(state.users, row.user)),
    ),
    watchers: people(state, (project) => listWatchers(state, project)),
    leave: action(null, "blocked only", (project, user) => {
      const membership = findMembership(state, user, project);
      if (membership === undefined) throw refusal(user);
      if (!mayLeave(state, project, user.id)) {
        throw permissionDenied(
          "You can't leave the project if you are the owner or there are no more admins",
        );
      }
      removeMember(context, membership);
    }),
  };
}

const people = (state: State, list: (project: Project) => User[]): Handlers => ({
  GET: (req, actor) => {
    const project = findById(state.projects, toId(req.params["id"]));
    if (project === undefined) throw notFound();
    if (!isAllowed(state, actor, project, "view_project")) throw refusal(actor);
    return toPage(req, list(project), ({ id, username, full_name }) => ({
      id,
      username,
      full_name,
    }));
  },
});
