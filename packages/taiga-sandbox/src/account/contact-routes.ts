import { group, type Endpoint } from "../http/endpoint.ts";
import * as field from "../http/fields.ts";
import { isAllowed, refusal } from "../model/access.ts";
import type { Context } from "../model/context.ts";
import { notAuthenticated } from "../model/errors.ts";
import { allocateId, mustFind } from "../model/rows.ts";

/** `POST /contact`: a message to the administrators of a project. Nothing is mailed. */
export const contactRoutes = ({ state, clock }: Context): Record<string, Endpoint> =>
  group("ContactEntry", {
    "/contact": {
      POST: (req, actor, res) => {
        if (actor === null) throw notAuthenticated();
        const spec = { project: field.reference(state.projects), comment: field.text() };
        const required = ["project", "comment"];
        const body = field.toBody(req.body);
        const values = field.readFields(body, spec, { required, isEdit: false });
        const project = mustFind(state.projects, values.project!);
        const isVisible = isAllowed(state, actor, project, "view_project");
        if (!isVisible || !project.is_contact_activated) throw refusal(actor);
        const created_date = `${clock().toISOString().slice(0, 19)}+0000`;
        res.status(201);
        return {
          id: allocateId(state, "contacts"),
          user: actor.id,
          project: project.id,
          comment: values.comment,
          created_date,
        };
      },
    },
  });
