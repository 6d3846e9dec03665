/** What a scope word consists of: RFC 6749 §3.3. */
const SCOPE_WORD = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/**
 * Normalises the form of a token request for the engine, which refuses a `scope` with a malformed
 * word or a second space. Repeated parameters stay repeated, because the engine refuses them
 * (RFC 6749 §3.2). Which of the words were granted is known only to the engine (refresh-tokens.ts).
 */
export function toTokenRequest(asked: URLSearchParams): URLSearchParams {
  const request = new URLSearchParams(asked);
  const scopes = asked.getAll("scope");
  if (scopes.length !== 1) return request;
  const words = scopes.join(" ").split(/\s+/);
  request.set("scope", words.filter((word) => SCOPE_WORD.test(word)).join(" "));
  return request;
}
