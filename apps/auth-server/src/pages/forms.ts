import { ACCESS_LEVELS } from "@taiga-mcp/service";
import express, { type RequestHandler } from "express";
import { z } from "zod";

/** Far above what Taiga allows, and far below what could hurt anybody. */
const MAX_LENGTH = 500;
const NAME_MISSING = "Enter your user name or e-mail address.";

const typed = (required: string) =>
  z
    .string(required)
    .min(1, required)
    .max(MAX_LENGTH, `Use at most ${MAX_LENGTH} characters.`)
    // A database behind Taiga fails on NUL, and no keyboard types the others.
    .regex(/^\P{Cc}*$/u, "Leave out control characters.");

/** The login form. White space around a name is a slip, in a password it may be meant. */
export const LoginForm = z.object({
  username: typed(NAME_MISSING)
    .transform((name) => name.trim())
    .refine((name) => name !== "", NAME_MISSING),
  password: typed("Enter your password."),
});
export type LoginForm = z.output<typeof LoginForm>;

const NameField = z.object({ username: z.string().max(MAX_LENGTH) });

/** The name as it was typed, to be shown again; `undefined` when there is none worth showing. */
export const toTypedName = (body: unknown): string | undefined =>
  NameField.safeParse(body).data?.username;

/** More projects than anybody ticks one by one. */
const MAX_PROJECTS = 1_000;

/** A form names a ticked box once for each; one alone is no list. */
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
  /** Ids of the projects that are ticked; they count for `chosen`. */
  project: ticked,
});
export type ConsentForm = z.output<typeof ConsentForm>;

/** What was chosen in a form that is not good as a whole, to be shown again. */
export const toTypedConsent = (body: unknown): TypedConsent =>
  PartialConsent.safeParse(body).data ?? {};

const PartialConsent = z.object({
  access: ConsentForm.shape.access.optional().catch(undefined),
  projects: ConsentForm.shape.projects.optional().catch(undefined),
  project: ticked.catch([]),
});
export type TypedConsent = Partial<z.output<typeof PartialConsent>>;

const CsrfField = z.object({ csrf: z.string() });

/** The token a form came with; empty when it has none. */
export const toCsrfToken = (body: unknown): string => CsrfField.safeParse(body).data?.csrf ?? "";

/** Reads a form of at most 16 kB. A repeated field becomes a list, which no schema takes. */
export const parseForm: RequestHandler = express.urlencoded({
  extended: false,
  limit: "16kb",
  parameterLimit: 20,
});

/** The same for the consent form: one field for each project that is ticked. */
export const parseConsentForm: RequestHandler = express.urlencoded({
  extended: false,
  limit: "32kb",
  parameterLimit: MAX_PROJECTS + 20,
});
