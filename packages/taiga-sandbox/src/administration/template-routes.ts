import { group, type Endpoint } from "../http/endpoint.ts";
import { toPage } from "../http/pagination.ts";
import { toSlug } from "../model/slugs.ts";
import { TEMPLATES, type Template } from "../projects/templates.ts";
import { toValues } from "./project-setup.ts";

/** `GET /project-templates`, for everybody; only administrators of the server change them. */
export const templateRoutes = (): Record<string, Endpoint> =>
  group("ProjectTemplate", {
    "/project-templates": { GET: (req) => toPage(req, TEMPLATES, toTemplate) },
  });

/** When Taiga's own templates were made, and changed last. */
const DATES = {
  created_date: "2014-04-22T14:48:43.596Z",
  modified_date: "2016-08-24T16:26:40.845Z",
};

function toTemplate(template: Template) {
  const values = toValues(template);
  return {
    id: template.id,
    name: template.name,
    slug: toSlug(template.name),
    description: template.description,
    order: template.id,
    ...DATES,
    default_owner_role: "product-owner",
    is_contact_activated: true,
    is_epics_activated: false,
    ...template.modules,
    videoconferences: null,
    videoconferences_extra_data: "",
    default_options: {
      points: "?",
      priority: "Normal",
      severity: "Normal",
      us_status: "New",
      issue_type: "Bug",
      epic_status: "New",
      task_status: "New",
      issue_status: "New",
    },
    epic_statuses: values.epicStatuses,
    us_statuses: values.storyStatuses,
    points: values.points,
    task_statuses: values.taskStatuses,
    issue_statuses: values.issueStatuses,
    issue_types: values.issueTypes,
    priorities: values.priorities,
    severities: values.severities,
    roles: template.roles.map(([name, computable, permissions], index) => ({
      name,
      slug: toSlug(name),
      order: index * 10 + 10,
      computable,
      permissions,
    })),
  };
}
