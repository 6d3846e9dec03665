import { randomBytes } from "node:crypto";
import type { Handlers } from "../http/endpoint.ts";
import { toBody } from "../http/fields.ts";
import { permissionsIn, refusal, verifyWritable } from "../model/access.ts";
import type { Context } from "../model/context.ts";
import { inOrder, ownRows } from "../model/rows.ts";
import type { Project, ReportKind, State } from "../model/state.ts";
import { findVisible, type ProjectAction } from "./project-action.ts";

const KINDS: readonly ReportKind[] = ["epics", "userstories", "tasks", "issues"];

/** The default of taiga-back's settings. */
const BITBUCKET_NETWORKS = [
  "13.52.5.96/28",
  "13.236.8.224/28",
  "18.184.99.224/28",
  "18.234.32.224/28",
  "18.246.31.224/28",
  "52.215.192.224/28",
  "104.192.137.240/28",
  "104.192.138.240/28",
  "104.192.140.240/28",
  "104.192.142.240/28",
  "104.192.143.240/28",
  "185.166.143.240/28",
  "185.166.142.240/28",
];

const newSecret = (): string => randomBytes(16).toString("hex");

/** The secrets in the addresses of CSV reports, and the settings of code hosts. */
export function reportActions({ state }: Context, action: ProjectAction): Record<string, Handlers> {
  const set = (kind: ReportKind, next: () => string | null) =>
    action("modify_project", "blocked only", (project) => {
      const uuid = next();
      project.csv_uuids[kind] = uuid;
      return { uuid };
    });
  return {
    ...Object.fromEntries(
      KINDS.flatMap((kind) => [
        [`regenerate_${kind}_csv_uuid`, set(kind, newSecret)],
        [`delete_${kind}_csv_uuid`, set(kind, () => null)],
      ]),
    ),
    modules: {
      GET: (req, actor) => {
        const project = findVisible(state, actor, req);
        if (!permissionsIn(state, actor, project).has("modify_project")) throw refusal(actor);
        return toModules(state, project, `${req.protocol}://${req.get("host") ?? "localhost"}`);
      },
      PATCH: (req, actor) => {
        const project = findVisible(state, actor, req);
        if (!permissionsIn(state, actor, project).has("modify_project")) throw refusal(actor);
        verifyWritable(project);
        for (const [name, settings] of Object.entries(toBody(req.body))) {
          project.modules[name] = { ...project.modules[name], ...(settings as object) };
        }
      },
    },
  };
}

/** The secrets are made when they are first read. */
function toModules(state: State, project: Project, host: string): Record<string, unknown> {
  const close_status = inOrder(ownRows(state.issueStatuses, project)).find(
    (row) => row.is_closed,
  )?.id;
  const hosts = {
    github: { close_status },
    gitlab: { valid_origin_ips: [], close_status },
    bitbucket: { valid_origin_ips: [...BITBUCKET_NETWORKS] },
    gogs: {},
  };
  return Object.fromEntries(
    Object.entries(hosts).map(([name, defaults]) => {
      project.modules[name] ??= {};
      const settings = project.modules[name];
      settings["secret"] ??= newSecret();
      const key = name === "github" || name === "gogs" ? "" : `&key=${String(settings["secret"])}`;
      const webhooks_url = `${host}/api/v1/${name}-hook?project=${project.id}${key}`;
      return [name, { ...defaults, ...settings, webhooks_url }];
    }),
  );
}
