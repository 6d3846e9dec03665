import { ACCESS_LEVELS, type Logger } from "@taiga-mcp/service";
import type { Kv } from "@taiga-mcp/store";
import { z } from "zod";
import type { Sealer } from "../secrets/seal.ts";
import { INTERACTION_TTL_SECONDS } from "../storage/interaction-lifetimes.ts";
import type { KeyNames } from "../storage/key-names.ts";
import { createSealedJson } from "../vault/sealed-json.ts";

const LoginErrors = z.object({
  form: z.literal("login"),
  /** As typed. The password is never stored. */
  username: z.string().optional(),
  /** Error of the whole login. */
  alert: z.string().optional(),
  fieldErrors: z
    .object({ username: z.string().optional(), password: z.string().optional() })
    .optional(),
});
export type LoginErrors = z.output<typeof LoginErrors>;

const ConsentErrors = z.object({
  form: z.literal("consent"),
  /** The question that the error belongs to. */
  question: z.enum(["access", "projects"]),
  error: z.string(),
  typed: z.object({
    access: z.enum(ACCESS_LEVELS).optional(),
    projects: z.enum(["all", "chosen"]).optional(),
    project: z.array(z.int()),
    /** Public names of older logins; absent in records of an older version. */
    replace: z.array(z.string()).optional(),
  }),
});
export type ConsentErrors = z.output<typeof ConsentErrors>;

const Errors = z.discriminatedUnion("form", [LoginErrors, ConsentErrors]);
type Errors = z.output<typeof Errors>;

/**
 * What is wrong with the form that a browser sent last, between its POST and the GET that shows the
 * page again (303), so that Back and reload send nothing twice. One sealed record an interaction.
 *
 * @throws {UnavailableError} from every method when the store does not answer.
 */
export interface FormErrors {
  /** @param ttlSeconds how long the error is true; at most as long as an interaction lasts. */
  keep(uid: string, errors: Errors, ttlSeconds?: number): Promise<void>;
  findLogin(uid: string): Promise<LoginErrors | undefined>;
  findConsent(uid: string): Promise<ConsentErrors | undefined>;
  /** A form was accepted. */
  clear(uid: string): Promise<void>;
}

export interface FormErrorsDeps {
  kv: Kv;
  seal: Sealer;
  keys: Pick<KeyNames, "formErrors">;
  logger: Logger;
}

export function createFormErrors(deps: FormErrorsDeps): FormErrors {
  const { kv, keys } = deps;
  const records = createSealedJson<Errors>({ ...deps, schema: Errors });
  const find = async (uid: string) => (await records.read(keys.formErrors(uid)))?.value;
  return {
    keep: async (uid, errors, ttlSeconds = INTERACTION_TTL_SECONDS) => {
      const key = keys.formErrors(uid);
      await kv.set(key, await records.seal(key, errors), {
        ttlSeconds: Math.min(Math.max(1, Math.ceil(ttlSeconds)), INTERACTION_TTL_SECONDS),
      });
    },
    findLogin: async (uid) => {
      const errors = await find(uid);
      return errors?.form === "login" ? errors : undefined;
    },
    findConsent: async (uid) => {
      const errors = await find(uid);
      return errors?.form === "consent" ? errors : undefined;
    },
    clear: async (uid) => void (await kv.delete(keys.formErrors(uid))),
  };
}
