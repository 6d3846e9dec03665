import { z } from "zod";
import type { TaigaRequest } from "../taiga-request.ts";
import { listOf, noContent, orNull, text } from "./schema-parts.ts";

const Integration = z.object({
  /** What the service signs its messages with. */
  secret: text,
  /** Where the service sends its messages. */
  webhooks_url: text,
  /** Addresses that messages may come from; empty for any. */
  valid_origin_ips: listOf(z.string()),
  /** Id of the status that a closing message sets; not for all services. */
  close_status: orNull(z.int()),
});

/** How code hosts report to a project. */
export const Integrations = z.object({
  github: Integration.optional(),
  gitlab: Integration.optional(),
  bitbucket: Integration.optional(),
  gogs: Integration.optional(),
});
export type Integrations = z.output<typeof Integrations>;

/** What can be set on one of them. */
export type IntegrationChanges = Partial<
  Record<
    keyof Integrations,
    {
      secret?: string | undefined;
      valid_origin_ips?: readonly string[] | undefined;
      close_status?: number | undefined;
    }
  >
>;

/** For administrators of a project. Everything read here is a secret. */
export interface ProjectIntegrations {
  get(projectId: number): Promise<Integrations>;
  /** Changes only the given services (PATCH). */
  update(projectId: number, changes: IntegrationChanges): Promise<void>;
}

/** `/projects/{id}/modules` */
export function createProjectIntegrations(request: TaigaRequest): ProjectIntegrations {
  const toPath = (projectId: number) => `/projects/${projectId}/modules`;
  return {
    get: async (projectId) =>
      (await request({ path: toPath(projectId), schema: Integrations })).data,
    update: async (projectId, changes) => {
      const path = toPath(projectId);
      await request({ method: "PATCH", path, body: changes, schema: noContent });
    },
  };
}
