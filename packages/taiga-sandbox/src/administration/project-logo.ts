import { randomBytes } from "node:crypto";
import type { Request } from "express";
import { toId, type Handlers } from "../http/endpoint.ts";
import { toBody } from "../http/fields.ts";
import { isUploadedFile } from "../http/multipart.ts";
import { refusal, permissionsIn, verifyWritable, type Actor } from "../model/access.ts";
import type { Context } from "../model/context.ts";
import { wrongArguments } from "../model/errors.ts";
import { findById } from "../model/rows.ts";
import type { Project } from "../model/state.ts";
import { toProjectDetail } from "../projects/project-views.ts";

/** The first bytes of the formats that browsers show. */
const SIGNATURES = ["89504e470d0a1a0a", "ffd8ff", "47494638", "52494646"];

/** `/projects/{id}/change_logo` and `remove_logo`: 403 for everybody but administrators. */
export function logoActions({ state }: Context): Record<string, Handlers> {
  const find = (req: Request, actor: Actor): Project => {
    const project = findById(state.projects, toId(req.params["id"]));
    const isAdmin =
      project !== undefined && permissionsIn(state, actor, project).has("modify_project");
    if (!isAdmin) throw refusal(actor);
    verifyWritable(project);
    return project;
  };
  return {
    change_logo: {
      POST: (req, actor) => {
        const project = find(req, actor);
        const { logo } = toBody(req.body);
        if (!isUploadedFile(logo)) throw wrongArguments("Incomplete arguments");
        const start = logo.bytes.subarray(0, 8).toString("hex");
        if (!SIGNATURES.some((signature) => start.startsWith(signature))) {
          throw wrongArguments("Invalid image format");
        }
        const host = `${req.protocol}://${req.get("host") ?? "localhost"}`;
        project.logo = `${host}/media/project/${randomBytes(16).toString("hex")}/${logo.name}`;
        return toProjectDetail(state, project, actor);
      },
    },
    remove_logo: {
      POST: (req, actor) => {
        const project = find(req, actor);
        project.logo = null;
        return toProjectDetail(state, project, actor);
      },
    },
  };
}
