import { ACCESS_LEVELS } from "@taiga-mcp/service";
import express, { type RequestHandler } from "express";
import { z } from "zod";

/** Far above the limits of Taiga, and far below a size that could do harm. */
const MAX_LENGTH = 500;
const NAME_MISSING = "Enter your user name or e-mail address.";

const typed = (required: string) =>
  z
    .string(required)
    .min(1, required)
    .max(MAX_LENGTH, `Use at most ${MAX_LENGTH} characters.`)
    // NUL makes Taiga's database fail, and no keyboard types the other control characters.
    .regex(/^\P{Cc}*$/u, "Do not use control characters.");

/** The login form. Whitespace around a name is a typing error; in a password it may be intended. */
export const LoginForm = z.object({
  username: typed(NAME_MISSING)
    .transform((name) => name.trim())
    .refine((name) => name !== "", NAME_MISSING),
  password: typed("Enter your password."),
});
export type LoginForm = z.output<typeof LoginForm>;

const NameField = z.object({ username: z.string().max(MAX_LENGTH) });

/** The name as typed, to show it again; `undefined` when it is missing or too long. */
export const toTypedName = (body: unknown): string | undefined =>
  NameField.safeParse(body).data?.username;

/** More projects than a person would select one by one. */
const MAX_PROJECTS = 1_000;

/** A form sends one field for each ticked box; a single one is parsed as a string, not a list. */
const ticked = z.preprocess(
  (value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]),
  z
    .array(
      z
        .string()
        .regex(/^[1-9]\d{0,14}$/)
        .transform(Number),
    )
    .max(MAX_PROJECTS),
);

/** The consent form. */
export const ConsentForm = z.object({
  access: z.enum(ACCESS_LEVELS),
  projects: z.enum(["all", "chosen"]),
  /** Ids of the ticked projects; used for `chosen` only. */
  project: ticked,
  /** Older logins of the app that shall end, by their public names. */
  replace: z
    .preprocess(
      (value) => (value === undefined ? [] : [value].flat()),
      z.array(z.string().regex(/^[\w-]{43}$/)).max(10),
    )
    .catch([]),
});
export type ConsentForm = z.output<typeof ConsentForm>;

/** The valid parts of an invalid form, to show them again. */
export const toTypedConsent = (body: unknown): TypedConsent =>
  TypedConsent.safeParse(body).data ?? { project: [], replace: [] };

const TypedConsent = z.object({
  access: ConsentForm.shape.access.optional().catch(undefined),
  projects: ConsentForm.shape.projects.optional().catch(undefined),
  project: ticked.catch([]),
  replace: ConsentForm.shape.replace,
});
type TypedConsent = z.output<typeof TypedConsent>;

const ProofFields = z.object({ csrf: z.string(), shown_account: z.string().default("") });

/**
 * A form's CSRF token, and the account that a consent page showed; each is empty when it is missing.
 */
export function toFormProof(body: unknown): { csrf: string; shownAccount: string } {
  const { csrf = "", shown_account: shownAccount = "" } = ProofFields.safeParse(body).data ?? {};
  return { csrf, shownAccount };
}

/** Parses a form of at most 16 kB. A repeated field becomes a list, which the schemas reject. */
export const parseForm: RequestHandler = express.urlencoded({
  extended: false,
  limit: "16kb",
  parameterLimit: 20,
});

/** The same for the consent form, which has one field for each ticked project. */
export const parseConsentForm: RequestHandler = express.urlencoded({
  extended: false,
  limit: "32kb",
  parameterLimit: MAX_PROJECTS + 20,
});
