import { z } from "zod";
import type { TaigaRequest } from "../taiga-request.ts";
import { listOf, orNull, text } from "./schema-parts.ts";

/** Which page of a project the asking user sees first. */
export const ProjectSetting = z.object({
  id: z.int(),
  project: z.int(),
  project_name: text,
  /** 1 timeline, 2 epics, 3 backlog, 4 kanban, 5 issues, 6 wiki. */
  homepage: orNull(z.int()),
  /** The pages that the user may choose from. */
  allowed_sections: listOf(z.int()),
});
export type ProjectSetting = z.output<typeof ProjectSetting>;

/** The asking user's own settings, one a project. */
export interface ProjectSettings {
  list(): Promise<ProjectSetting[]>;
  getById(id: number): Promise<ProjectSetting>;
  /** @throws {TaigaError} `validation_failed` for a page that the user may not see. */
  update(id: number, homepage: number): Promise<ProjectSetting>;
}

/** `/user-project-settings` */
export function createProjectSettings(request: TaigaRequest): ProjectSettings {
  const path = "/user-project-settings";
  const schema = ProjectSetting;
  return {
    list: async () => (await request({ path, wholeList: true, schema: z.array(schema) })).data,
    getById: async (id) => (await request({ path: `${path}/${id}`, schema })).data,
    update: async (id, homepage) => {
      const call = { method: "PATCH", path: `${path}/${id}`, body: { homepage } } as const;
      return (await request({ ...call, schema })).data;
    },
  };
}
