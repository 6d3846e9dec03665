import { CodedError } from "@taiga-mcp/service";
import { z } from "zod";
import { findRedirectUriFault } from "./redirect-uri.ts";

const MAX_REDIRECT_URIS = 10;

const redirectUri = z.string("must be text").superRefine((uri, context) => {
  const fault = findRedirectUriFault(uri);
  if (fault !== undefined) context.addIssue({ code: "custom", message: fault });
});

const text = (maximum: number) =>
  z.string("must be text").max(maximum, `must have at most ${maximum} characters`);

const isText = (value: unknown): boolean =>
  [value].flat().every((part) => typeof part === "string" || typeof part === "boolean");

/**
 * A public key consists of strings and lists of strings. Other members are ignored (RFC 7517 §4),
 * because the engine, which checks the rest, crashes on deeply nested values.
 */
const key = z
  .looseObject({})
  .transform((members) =>
    Object.fromEntries(Object.entries(members).filter(([, each]) => isText(each))),
  );

/** The supported members of a registration; all others are ignored, as RFC 7591 §2 allows. */
const RegistrationRequest = z.object({
  redirect_uris: z
    .array(redirectUri, "must be a list of URIs")
    .min(1, "must name at least one URI")
    .max(MAX_REDIRECT_URIS, `must name at most ${MAX_REDIRECT_URIS} URIs`),
  client_name: text(200).optional(),
  client_uri: text(2048)
    .refine((url) => /^https?:$/.test(URL.parse(url)?.protocol ?? ""), "must be a web address")
    .optional(),
  token_endpoint_auth_method: z
    .enum(
      ["none", "client_secret_basic", "client_secret_post", "private_key_jwt"],
      "must be none, client_secret_basic, client_secret_post or private_key_jwt",
    )
    .default("none"),
  grant_types: z
    .array(z.string("must be text"), "must be a list")
    .max(20, "must have at most 20 members")
    .default(["authorization_code", "refresh_token"])
    .transform((types) => types.filter((type) => SUPPORTED_GRANTS.includes(type)))
    .refine((types) => types.includes("authorization_code"), "must include authorization_code"),
  response_types: z
    .array(z.string("must be text"), "must be a list")
    .max(20, "must have at most 20 members")
    .default(["code"])
    .refine((types) => types.includes("code"), "must include code")
    .transform(() => ["code"]),
  jwks: z.object({ keys: z.array(key).min(1).max(10) }, "must be a key set").optional(),
});

const SUPPORTED_GRANTS = ["authorization_code", "refresh_token"];

/** A client's metadata is rejected; the message names the member and the rule (RFC 7591 §3.2.2). */
export class ClientMetadataError extends CodedError<
  "invalid_redirect_uri" | "invalid_client_metadata"
> {}

/** Client metadata in the format of the engine. */
export type ClientMetadata = z.output<typeof RegistrationRequest> & { application_type: "native" };

/**
 * Copies the supported members of a registration request. `null` and empty members count as absent:
 * clients send them, but the engine rejects them. `scope` is dropped, because a client that registers
 * a small one could never ask for more later.
 *
 * Every client is `native`: that allows loopback and private-use redirects, and forbids plain http
 * everywhere else.
 *
 * @throws {ClientMetadataError} `invalid_redirect_uri` or `invalid_client_metadata`, naming field and rule.
 * @see RFC 7591 §2, §3.2.2
 */
export function toClientMetadata(body: unknown): ClientMetadata {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new ClientMetadataError("invalid_client_metadata", "The body must be a JSON object.");
  }
  const given = Object.fromEntries(Object.entries(body).filter(([, value]) => !isLeftOut(value)));
  const result = RegistrationRequest.safeParse(given);
  if (!result.success) throw toRegistrationError(result.error.issues, given);
  const metadata = result.data;
  if (metadata.token_endpoint_auth_method === "private_key_jwt" && metadata.jwks === undefined) {
    throw new ClientMetadataError(
      "invalid_client_metadata",
      "jwks: is required for private_key_jwt. Keys are never fetched, so jwks_uri is not supported.",
    );
  }
  return { ...metadata, application_type: "native" };
}

/** Members that an update must repeat unchanged or must not contain; the engine checks that. */
const UPDATE_MEMBERS = [
  "client_id",
  "client_secret",
  "client_id_issued_at",
  "client_secret_expires_at",
  "registration_access_token",
  "registration_client_uri",
];

/**
 * Applies the rules of registration to an update, which is a complete new description of the client.
 *
 * @throws {ClientMetadataError} as {@link toClientMetadata} does.
 * @see RFC 7592 §2.2
 */
export function toClientUpdate(body: unknown): ClientMetadata & Record<string, unknown> {
  const metadata = toClientMetadata(body);
  const given = body as Record<string, unknown>;
  const named = UPDATE_MEMBERS.filter((name) => given[name] !== undefined);
  return { ...metadata, ...Object.fromEntries(named.map((name) => [name, given[name]])) };
}

const isLeftOut = (value: unknown): boolean => value === null || value === "";

function toRegistrationError(
  issues: readonly z.core.$ZodIssue[],
  given: Record<string, unknown>,
): ClientMetadataError {
  const [issue] = issues;
  const [field = "", index] = issue?.path ?? [];
  const name = index === undefined ? String(field) : `${String(field)}[${String(index)}]`;
  const isMissing = index === undefined && given[String(field)] === undefined;
  const code = field === "redirect_uris" ? "invalid_redirect_uri" : "invalid_client_metadata";
  return new ClientMetadataError(
    code,
    isMissing ? `${name}: is missing.` : `${name}: ${issue?.message ?? "is not valid"}.`,
  );
}
