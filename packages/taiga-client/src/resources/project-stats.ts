import { z } from "zod";
import type { TaigaRequest } from "../taiga-request.ts";
import { listOf, orNull, text } from "./schema-parts.ts";

const byRole = z
  .record(z.string(), z.number())
  .nullish()
  .transform((points) => points ?? {});

/** A project's points, and its burndown sprint by sprint. */
export const ProjectStats = z.object({
  name: z.string(),
  /** The project's own estimate of its sprints; null for none. */
  total_milestones: orNull(z.number()),
  total_points: orNull(z.number()),
  closed_points: orNull(z.number()),
  /** Role id → points. */
  closed_points_per_role: byRole,
  defined_points: orNull(z.number()),
  defined_points_per_role: byRole,
  /** Of stories in a sprint. */
  assigned_points: orNull(z.number()),
  assigned_points_per_role: byRole,
  milestones: listOf(
    z.object({
      name: z.string(),
      /** Open points at the start of the sprint, as planned and as they are; null in the future. */
      optimal: orNull(z.number()),
      evolution: orNull(z.number()),
      "team-increment": orNull(z.number()),
      "client-increment": orNull(z.number()),
    }),
  ),
  /** Closed points a sprint, on average. */
  speed: orNull(z.number()),
});
export type ProjectStats = z.output<typeof ProjectStats>;

const issueCounts = z
  .record(
    z.string(),
    z.object({ id: orNull(z.int()), name: text, count: orNull(z.int()), color: orNull(text) }),
  )
  .nullish()
  .transform((counts) => counts ?? {});

/** The issues of a project, counted; keys are ids. */
export const IssueStats = z.object({
  total_issues: z.int(),
  opened_issues: z.int(),
  closed_issues: z.int(),
  issues_per_type: issueCounts,
  issues_per_status: issueCounts,
  issues_per_priority: issueCounts,
  issues_per_severity: issueCounts,
  issues_per_owner: issueCounts,
  issues_per_assigned_to: issueCounts,
});
export type IssueStats = z.output<typeof IssueStats>;

const byUser = z
  .record(z.string(), z.int())
  .nullish()
  .transform((counts) => counts ?? {});

/** What each member did; user id → number. */
export const MemberStats = z.object({
  closed_bugs: byUser,
  created_bugs: byUser,
  closed_tasks: byUser,
  iocaine_tasks: byUser,
  wiki_changes: byUser,
});
export type MemberStats = z.output<typeof MemberStats>;

/** Numbers about a project. */
export interface ProjectStatistics {
  points(projectId: number): Promise<ProjectStats>;
  issues(projectId: number): Promise<IssueStats>;
  members(projectId: number): Promise<MemberStats>;
}

/** `/projects/{id}/stats`, `/issues_stats`, `/member_stats` */
export const createProjectStatistics = (request: TaigaRequest): ProjectStatistics => ({
  points: async (projectId) =>
    (await request({ path: `/projects/${projectId}/stats`, schema: ProjectStats })).data,
  issues: async (projectId) =>
    (await request({ path: `/projects/${projectId}/issues_stats`, schema: IssueStats })).data,
  members: async (projectId) =>
    (await request({ path: `/projects/${projectId}/member_stats`, schema: MemberStats })).data,
});
