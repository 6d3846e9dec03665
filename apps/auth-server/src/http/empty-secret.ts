const CREDENTIALS = ["client_secret", "client_assertion"];

/**
 * Reads HTTP Basic with an empty secret as if the client had sent only its `client_id`, as the engine
 * does with an empty `client_secret` in the form. Libraries that know only Basic send it for public
 * clients. The engine refuses a client that has a secret, because that client has not sent it.
 *
 * @param form gets the `client_id`.
 * @returns whether the header was read that way. It is not if the form names another client or has
 *   credentials: the engine then refuses the request.
 * @see RFC 6749 §2.3.1
 */
export function readEmptySecret(authorization: string | undefined, form: URLSearchParams): boolean {
  const clientId = toClientId(authorization ?? "");
  if (clientId === undefined || CREDENTIALS.some((name) => form.getAll(name).some(Boolean))) {
    return false;
  }
  const named = form.getAll("client_id").filter(Boolean);
  if (named.some((name) => name !== clientId)) return false;
  if (named.length === 0) form.set("client_id", clientId);
  return true;
}

/** @returns `undefined` unless the header is HTTP Basic with a client id and an empty secret. */
function toClientId(authorization: string): string | undefined {
  const [, encoded = ""] = /^basic +([a-z\d+/]+=*)$/i.exec(authorization) ?? [];
  const [, id] = /^([^:]+):$/.exec(Buffer.from(encoded, "base64").toString("utf8")) ?? [];
  try {
    return id && decodeURIComponent(id.replaceAll("+", " "));
  } catch {
    return undefined;
  }
}
