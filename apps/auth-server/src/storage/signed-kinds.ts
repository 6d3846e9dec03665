/** The kinds of records without a MAC, by what is before the first colon of their keys. */
const UNSIGNED_KINDS = new Set([
  // Encrypted and bound to its name; without it there is no key for a MAC.
  "ring",
  // Locks and counters live for minutes: deleting one gains as much as forging it would.
  "ringlock",
  "vlock",
  "slock",
  "rl",
  // Sealed, which authenticates content and name.
  "client",
  "sess",
  "ix",
  "held",
  "vault",
  "shared",
  "app",
  "form",
  "acct",
  "act",
  "use",
  "sent",
]);

/** Whether a record is stored with a MAC: every kind that is not sealed and gives or proves something. */
export const isSignedKey = (key: string): boolean =>
  !UNSIGNED_KINDS.has(key.split(":", 1)[0] ?? "") && !isSealedAnswer(key) && !isOfEngineModel(key);

/** The answer of a rotated refresh token; see `KeyNames.refreshAnswer`. */
const isSealedAnswer = (key: string): boolean => key.startsWith("rt:") && key.endsWith(":a");

/** See `KeyNames.other`: begins with the name of a model, such as `DeviceCode`, and is sealed. */
const isOfEngineModel = (key: string): boolean => /^[A-Z]/.test(key);
