import type { Request } from "express";
import { group, toId, type Endpoint, type Handlers } from "../http/endpoint.ts";
import { toBody, toText, type Body } from "../http/fields.ts";
import { permissionsIn, type Actor } from "../model/access.ts";
import type { Context } from "../model/context.ts";
import { invalidFields, notAuthenticated, notFound } from "../model/errors.ts";
import { allocateId, findById, mustFind } from "../model/rows.ts";
import type { HomepageSetting, NotifyPolicy, Project, State, User } from "../model/state.ts";
import { LEVELS, listPolicies } from "../projects/notify-policies.ts";

/** `/notify-policies` and `/user-project-settings`: a user's own settings for each project. */
export function preferenceRoutes({ state }: Context): Record<string, Endpoint> {
  return {
    ...ownRows("NotifyPolicy", "/notify-policies", {
      list: (user) => listPolicies(state, user),
      toView: (row) => toPolicy(state, row),
      edit: editPolicy,
      remove: (row) => {
        state.notifyPolicies = state.notifyPolicies.filter((each) => each !== row);
      },
    }),
    ...ownRows("UserProjectSettings", "/user-project-settings", {
      list: (user) => listSettings(state, user),
      toView: (row) => toSetting(state, row),
      edit: (row, body) => editSetting(state, row, body),
      remove: (row) => {
        state.homepages = state.homepages.filter((each) => each !== row);
      },
    }),
  };
}

/** Rows of the caller's own, which others do not find. */
function ownRows<Row extends { id: number }>(
  model: string,
  path: string,
  rules: {
    list: (user: User) => Row[];
    toView: (row: Row) => unknown;
    edit: (row: Row, body: Body) => void;
    remove: (row: Row) => void;
  },
): Record<string, Endpoint> {
  const find = (req: Request, actor: Actor): Row | undefined =>
    actor === null ? undefined : findById(rules.list(actor), toId(req.params["id"]));
  const mustFindOwn = (req: Request, actor: Actor): Row => {
    if (actor === null) throw notAuthenticated();
    const row = find(req, actor);
    if (row === undefined) throw notFound();
    return row;
  };
  const handlers: Record<string, Handlers> = {
    [path]: {
      GET: (_req, actor) => (actor === null ? [] : rules.list(actor).map(rules.toView)),
    },
    [`${path}/:id`]: {
      GET: (req, actor) => {
        const row = find(req, actor);
        if (row === undefined) throw notFound(model);
        return rules.toView(row);
      },
      PATCH: (req, actor) => {
        const row = mustFindOwn(req, actor);
        rules.edit(row, toBody(req.body));
        return rules.toView(row);
      },
      DELETE: (req, actor) => rules.remove(mustFindOwn(req, actor)),
    },
  };
  return group(model, handlers);
}

const toPolicy = (state: State, { user: _user, ...policy }: NotifyPolicy) => {
  const { id, project, ...levels } = policy;
  return { id, project, project_name: mustFind(state.projects, project).name, ...levels };
};

/** @throws {ApiError} 400 for an unknown level. @throws {Error} for a change of project. */
function editPolicy(policy: NotifyPolicy, body: Body): void {
  if (body["project"] !== undefined && body["project"] !== policy.project) {
    throw new Error("The project of a notify policy cannot change.");
  }
  const levels = {
    ...readLevel(body, "notify_level"),
    ...readLevel(body, "live_notify_level"),
  };
  Object.assign(policy, levels);
  if ("web_notify_level" in body) policy.web_notify_level = Boolean(body["web_notify_level"]);
}

function readLevel(body: Body, name: string): Record<string, number> {
  const value = body[name];
  if (value === undefined) return {};
  if (value === null) throw invalidFields({ [name]: ["“” value must be an integer."] });
  const level = Number(value);
  if (level === 0) throw invalidFields({ [name]: ["Value 0 is not a valid choice."] });
  if (LEVELS.includes(level)) return { [name]: level };
  const message = `Select a valid choice. ${toText(value)} is not one of the available choices.`;
  throw invalidFields({ [name]: [message] });
}

/** The pages that a project can open with, by Taiga's number. */
const SECTIONS = [
  { id: 1, permission: null, module: null },
  { id: 2, permission: "view_epics", module: "is_epics_activated" },
  { id: 3, permission: "view_us", module: "is_backlog_activated" },
  { id: 4, permission: "view_us", module: "is_kanban_activated" },
  { id: 6, permission: "view_wiki_pages", module: "is_wiki_activated" },
  { id: 5, permission: "view_issues", module: "is_issues_activated" },
] as const;

function listSections(state: State, user: User, project: Project): number[] {
  const permissions = permissionsIn(state, user, project);
  return SECTIONS.filter(
    ({ permission, module }) =>
      (permission === null || permissions.has(permission)) && (module === null || project[module]),
  ).map((section) => section.id);
}

/** The stored rows of a member, made where they are missing. */
function listSettings(state: State, user: User): HomepageSetting[] {
  const projects = state.memberships
    .filter((row) => row.user === user.id)
    .map((row) => mustFind(state.projects, row.project))
    .toSorted((a, b) => a.name.localeCompare(b.name, "en"));
  return projects.map((project) => {
    const stored = state.homepages.find(
      (row) => row.user === user.id && row.project === project.id,
    );
    if (stored !== undefined) return stored;
    const id = allocateId(state, "homepages");
    const setting = { id, user: user.id, project: project.id, homepage: 1 };
    state.homepages.push(setting);
    return setting;
  });
}

function toSetting(state: State, { id, user, project: projectId, homepage }: HomepageSetting) {
  const project = mustFind(state.projects, projectId);
  return {
    id,
    project: projectId,
    project_name: project.name,
    homepage,
    allowed_sections: listSections(state, mustFind(state.users, user), project),
  };
}

/** @throws {ApiError} 400 for an unknown page and for one that is out of reach. */
function editSetting(state: State, setting: HomepageSetting, { homepage }: Body): void {
  if (homepage === undefined) return;
  const id = Number(homepage);
  if (!SECTIONS.some((section) => section.id === id)) {
    const text = toText(homepage);
    const message = `Select a valid choice. ${text} is not one of the available choices.`;
    throw invalidFields({ homepage: [message] });
  }
  const user = mustFind(state.users, setting.user);
  const project = mustFind(state.projects, setting.project);
  if (!listSections(state, user, project).includes(id)) {
    throw invalidFields({ homepage: ["You don't have access to this section"] });
  }
  setting.homepage = id;
}
