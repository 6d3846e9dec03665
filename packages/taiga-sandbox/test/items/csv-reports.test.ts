import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startApi, type Api } from "../support/api.ts";
import { createApiUser } from "../support/user.ts";

/** The first lines that a real Taiga wrote, from the recording of 2026-11-30. */
const HEADERS = {
  epics:
    "id,ref,subject,description,owner,owner_full_name,assigned_to,assigned_to_full_name,status,epics_order,client_requirement,team_requirement,attachments,tags,watchers,voters,created_date,modified_date,related_user_stories",
  userstories:
    "id,ref,subject,description,sprint_id,sprint,sprint_estimated_start,sprint_estimated_finish,owner,owner_full_name,assigned_to,assigned_to_full_name,assigned_users,assigned_users_full_name,status,is_closed,swimlane,back-points,design-points,front-points,ux-points,total-points,backlog_order,sprint_order,kanban_order,created_date,modified_date,finish_date,client_requirement,team_requirement,attachments,generated_from_issue,generated_from_task,from_task_ref,external_reference,tasks,tags,watchers,voters,due_date,due_date_reason,epics",
  tasks:
    "id,ref,subject,description,user_story,sprint_id,sprint,sprint_estimated_start,sprint_estimated_finish,owner,owner_full_name,assigned_to,assigned_to_full_name,status,is_iocaine,is_closed,us_order,taskboard_order,attachments,external_reference,tags,watchers,voters,created_date,modified_date,finished_date,due_date,due_date_reason",
  issues:
    "id,ref,subject,description,sprint_id,sprint,sprint_estimated_start,sprint_estimated_finish,owner,owner_full_name,assigned_to,assigned_to_full_name,status,severity,priority,type,is_closed,attachments,external_reference,tags,watchers,voters,created_date,modified_date,finished_date,due_date,due_date_reason",
};

describe("CSV reports", () => {
  let api: Api;
  beforeEach(async () => {
    api = await startApi({ seed: "capture" });
  });
  afterEach(() => api.close());
  const alice = createApiUser(() => api, "alice");
  const bob = createApiUser(() => api, "bob");

  const read = async (path: string): Promise<string[]> => {
    const { uuid } = await alice.post<{ uuid: string }>(`/projects/1/regenerate_${path}_csv_uuid`);
    const answer = await api.call<string>(`GET /${path}/csv?uuid=${uuid}`);
    expect(answer.headers.get("content-type")).toBe("application/csv; charset=utf-8");
    return answer.body.split("\r\n");
  };

  test.each(Object.entries(HEADERS))("%s has the recorded columns", async (path, header) => {
    expect((await read(path))[0]).toBe(header);
  });

  test("cells with commas, quotes and lines are quoted; custom fields come last", async () => {
    const body = { project: 1, name: "Customer", type: "text" };
    const field = await alice.post("/issue-custom-attributes", body);
    const subject = '100% broken & "quoted" light, really';
    await bob.post("/issues", { project: 1, subject, description: "two\nlines" });
    await bob.patch("/issues/custom-attributes-values/1", {
      attributes_values: { [field.id]: "ACME" },
    });
    const [header, row] = await read("issues");
    expect(header).toMatch(/,due_date_reason,Customer$/);
    expect(row).toContain('"100% broken & ""quoted"" light, really"');
    expect(row).toMatch(/,ACME$/);
  });

  // @rule SBX-CSV-SECRET
  test("only its secret opens a report, and a deleted one does not", async () => {
    const { uuid } = await alice.post<{ uuid: string }>("/projects/1/regenerate_epics_csv_uuid");
    expect((await bob.call("POST /projects/1/regenerate_epics_csv_uuid")).status).toBe(403);
    await alice.post("/projects/1/delete_epics_csv_uuid");
    for (const query of [`?uuid=${uuid}`, "?uuid=", "?uuid=null", ""]) {
      expect((await api.call(`GET /epics/csv${query}`)).status).toBe(404);
    }
  });
});
