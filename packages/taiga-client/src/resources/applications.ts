import { z } from "zod";
import type { TaigaRequest } from "../taiga-request.ts";
import { noContent, text } from "./schema-parts.ts";

/** A program that a Taiga's administrator has registered to work for users. */
export const Application = z.object({
  /** A UUID. */
  id: z.string(),
  name: text,
  web: text,
  description: text,
});
export type Application = z.output<typeof Application>;

export interface Applications {
  /** @throws {TaigaError} `not_found` when no application has this id. */
  get(id: string): Promise<Application>;
}

/** `/applications` */
export const createApplications = (request: TaigaRequest): Applications => ({
  get: async (id) => {
    const path = `/applications/${encodeURIComponent(id)}`;
    return (await request({ path, schema: Application })).data;
  },
});

/** A user's consent to an application, one per pair of both. It does not contain the token. */
export const ApplicationToken = z.object({ id: z.int(), application: Application });
export type ApplicationToken = z.output<typeof ApplicationToken>;

export const ValidatedToken = z.object({ token: z.string().min(1) });

export interface ApplicationTokens {
  /**
   * Exchanges the code that a browser brought back for the token, which never expires and is the same
   * at every validation. The code is used up even when the answer is lost.
   * @throws {TaigaError} `not_found` when code and state do not belong together, or were used.
   */
  validate(flow: { application: string; authCode: string; state: string }): Promise<string>;
  /** The user's own consent to one application: none or one. */
  list(application: string): Promise<ApplicationToken[]>;
  /** Ends the token. @throws {TaigaError} `permission_denied`, also when the token does not exist. */
  delete(id: number): Promise<void>;
}

/** `/application-tokens`; validating needs no credential. */
export const createApplicationTokens = (request: TaigaRequest): ApplicationTokens => ({
  validate: async ({ application, authCode, state }) => {
    const body = { application, auth_code: authCode, state };
    const path = "/application-tokens/validate";
    return (await request({ method: "POST", path, body, schema: ValidatedToken })).data.token;
  },
  list: async (application) => {
    const path = "/application-tokens";
    const schema = z.array(ApplicationToken);
    return (await request({ path, query: { application }, schema })).data;
  },
  delete: async (id) => {
    const path = `/application-tokens/${id}`;
    await request({ method: "DELETE", path, schema: noContent });
  },
});
