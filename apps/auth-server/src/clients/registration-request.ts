import { CodedError } from "@taiga-mcp/service";
import { z } from "zod";
import type { RefusedRedirectUri } from "../engine/boundary/request-notes.ts";
import { findRedirectUriFault } from "./redirect-uri.ts";

const MAX_REDIRECT_URIS = 10;
const MAX_NAME_LENGTH = 200;

/** 4096 bits as base64url, and 32 bits. */
const MAX_MODULUS_LENGTH = 683;
const MAX_EXPONENT_LENGTH = 6;

/** Ten times what clients send. Anybody can register, so this bounds what a stranger can store. */
const MAX_METADATA_BYTES = 8 * 1024;
const SUPPORTED_GRANTS = ["authorization_code", "refresh_token"];

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
  )
  .refine(isCheap, "must be an RSA key of at most 4096 bits with the usual exponent");

/**
 * Verifying a signature with the largest keys that libraries accept takes thirty times as long, and
 * anybody can register a key and send assertions. Other kinds of keys have fixed sizes.
 */
function isCheap({ kty, n, e }: Record<string, unknown>): boolean {
  if (kty !== "RSA") return true;
  return String(n).length <= MAX_MODULUS_LENGTH && String(e).length <= MAX_EXPONENT_LENGTH;
}

/** A list that must have a certain member, if the client sends a readable list at all. */
const listWith = (member: string) =>
  z
    .array(z.unknown())
    .catch([member])
    .refine((values) => values.includes(member), `must include ${member}`);

/**
 * The supported members of a registration; all others are ignored, as RFC 7591 §2 allows. Members
 * that the server can do without are left out or shortened when they are not as they should be.
 */
const RegistrationRequest = z.object({
  redirect_uris: z
    .array(z.unknown(), "must be a list of URIs")
    .min(1, "must name at least one URI"),
  client_name: z.string().transform(shorten).optional().catch(undefined),
  client_uri: z
    .string()
    .max(2048)
    .refine((url) => /^https?:$/.test(URL.parse(url)?.protocol ?? ""))
    .optional()
    .catch(undefined),
  token_endpoint_auth_method: z
    .enum(
      ["none", "client_secret_basic", "client_secret_post", "private_key_jwt"],
      "must be none, client_secret_basic, client_secret_post or private_key_jwt",
    )
    .default("none"),
  // Some clients register without refresh_token, and would lose their login with each access token.
  grant_types: listWith("authorization_code")
    .default(SUPPORTED_GRANTS)
    .transform(() => [...SUPPORTED_GRANTS]),
  response_types: listWith("code")
    .default(["code"])
    .transform(() => ["code"]),
  jwks: z.unknown().optional(),
});

const KeySet = z.object({ keys: z.array(key).min(1).max(10) }, "must be a key set");

/** A client's metadata is rejected; the message names the member and the rule (RFC 7591 §3.2.2). */
export class ClientMetadataError extends CodedError<
  "invalid_redirect_uri" | "invalid_client_metadata"
> {}

/** Client metadata in the format of the engine. */
export type ClientMetadata = Omit<
  z.output<typeof RegistrationRequest>,
  "redirect_uris" | "jwks"
> & {
  redirect_uris: string[];
  jwks?: z.output<typeof KeySet>;
  application_type: "native";
};

/** What the operator decides about clients. */
export interface ClientRules {
  /** Schemes without a dot that redirect URIs may use, besides those of well-known clients. */
  redirectSchemes: readonly string[];
}

const NO_RULES: ClientRules = { redirectSchemes: [] };

/**
 * Copies the supported members of a registration request. `null` and empty members count as absent:
 * clients send them, but the engine rejects them. `scope` is dropped, because a client that registers
 * a small one could never ask for more later. So are the keys of a client that does not use them.
 * The answer to a registration contains what remains (RFC 7591 §3.2.1).
 *
 * Every client is `native`: that allows loopback and private-use redirects, and forbids plain http
 * everywhere else.
 *
 * @throws {ClientMetadataError} `invalid_redirect_uri` or `invalid_client_metadata`, naming field and rule.
 * @see RFC 7591 §2, §3.2.2
 */
export function toClientMetadata(body: unknown, rules: ClientRules = NO_RULES): ClientMetadata {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new ClientMetadataError("invalid_client_metadata", "The body must be a JSON object.");
  }
  const given = Object.fromEntries(Object.entries(body).filter(isGiven));
  const { jwks, ...metadata } = parse(RegistrationRequest, given);
  const usesKeys = metadata.token_endpoint_auth_method === "private_key_jwt";
  if (usesKeys && jwks === undefined) {
    throw new ClientMetadataError(
      "invalid_client_metadata",
      "jwks: is required for private_key_jwt. Keys are never fetched, so jwks_uri is not supported.",
    );
  }
  return withinLimit({
    ...metadata,
    redirect_uris: toRedirectUris(metadata.redirect_uris, rules),
    ...(usesKeys && parse(z.object({ jwks: KeySet }), { jwks })),
    application_type: "native",
  });
}

/** @throws {ClientMetadataError} if what remains is too large to store. */
function withinLimit(metadata: ClientMetadata): ClientMetadata {
  if (Buffer.byteLength(JSON.stringify(metadata)) <= MAX_METADATA_BYTES) return metadata;
  throw new ClientMetadataError(
    "invalid_client_metadata",
    `The client's metadata must have at most ${MAX_METADATA_BYTES} bytes.`,
  );
}

const findFault = (uri: unknown, { redirectSchemes }: ClientRules): string | undefined =>
  typeof uri === "string" ? findRedirectUriFault(uri, redirectSchemes) : "must be text";

/** @throws {ClientMetadataError} if no URI is good. */
function toRedirectUris(given: readonly unknown[], rules: ClientRules): string[] {
  const good = given.filter(
    (uri): uri is string => typeof uri === "string" && findFault(uri, rules) === undefined,
  );
  if (good.length === 0) {
    throw new ClientMetadataError(
      "invalid_redirect_uri",
      `redirect_uris[0]: ${findFault(given[0], rules)}.`,
    );
  }
  if (good.length > MAX_REDIRECT_URIS) {
    throw new ClientMetadataError(
      "invalid_redirect_uri",
      `redirect_uris: must name at most ${MAX_REDIRECT_URIS} URIs.`,
    );
  }
  return good;
}

const MAX_REPORTED_URIS = 20;
const MAX_REPORTED_LENGTH = 200;

/**
 * The redirect URIs that {@link toClientMetadata} leaves out of a description that it accepts, and
 * why; the first 20 of them.
 */
export function findRefusedRedirectUris(
  body: unknown,
  rules: ClientRules = NO_RULES,
): RefusedRedirectUri[] {
  const given = (body as { redirect_uris: readonly unknown[] }).redirect_uris;
  return given
    .flatMap((uri) => {
      const reason = findFault(uri, rules);
      return reason === undefined ? [] : [{ uri: toReported(uri), reason: `${reason}.` }];
    })
    .slice(0, MAX_REPORTED_URIS);
}

const toReported = (uri: unknown): string =>
  (typeof uri === "string" ? uri : JSON.stringify(uri)).slice(0, MAX_REPORTED_LENGTH);

function parse<Schema extends z.ZodType>(
  schema: Schema,
  given: Record<string, unknown>,
): z.output<Schema> {
  const result = schema.safeParse(given);
  if (!result.success) throw toRegistrationError(result.error.issues, given);
  return result.data;
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
export function toClientUpdate(
  body: unknown,
  rules?: ClientRules,
): ClientMetadata & Record<string, unknown> {
  const metadata = toClientMetadata(body, rules);
  const given = body as Record<string, unknown>;
  const named = UPDATE_MEMBERS.filter((name) => given[name] !== undefined);
  return { ...metadata, ...Object.fromEntries(named.map((name) => [name, given[name]])) };
}

/** An empty list of redirect URIs is not absent: the refusal is to say that it is empty. */
const isGiven = ([name, value]: [string, unknown]): boolean =>
  value !== null &&
  value !== "" &&
  (name === "redirect_uris" || !Array.isArray(value) || value.length > 0);

function shorten(name: string): string {
  if (name.length <= MAX_NAME_LENGTH) return name;
  // Half of a surrogate pair is not a character.
  return `${name.slice(0, MAX_NAME_LENGTH - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

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
