import express, { type RequestHandler } from "express";
import type { z } from "zod";
import { OAuthError } from "./oauth-error.ts";

/** Parses a form of at most 16 kB, enough for the server's own endpoints. */
export const readForm: RequestHandler = express.urlencoded({ extended: false, limit: "16kb" });

/**
 * Validates a form; unknown parameters are ignored (RFC 6749 §3.2).
 * @throws {OAuthError} `invalid_request` that names the parameter and the rule.
 */
export function parseForm<Schema extends z.ZodObject>(
  schema: Schema,
  body: unknown,
): z.output<Schema> {
  const given = (body ?? {}) as Record<string, unknown>;
  const repeated = Object.keys(given).find((name) => Array.isArray(given[name]));
  if (repeated !== undefined) {
    throw new OAuthError("invalid_request", `${repeated}: must be sent once.`);
  }
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new OAuthError(
    "invalid_request",
    `${String(issue?.path[0])}: ${issue?.message ?? "is not valid"}.`,
  );
}
