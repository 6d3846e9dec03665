import { ToolError } from "../errors.ts";
import type { Confirmations } from "./confirmation.ts";

/**
 * A deletion in two calls: the first shows what would go, the second presents the token that it was
 * given for exactly that.
 *
 * @param confirm the token of the second call.
 * @param facts what would be deleted; JSON.
 * @returns the token to show in the first call; `undefined` in the second, which may delete.
 * @throws {ToolError} when the token is too old, or for something else.
 */
export function askFirst(
  confirm: string | undefined,
  facts: object,
  confirmations: Confirmations,
): string | undefined {
  if (confirm === undefined) return confirmations.sign(facts);
  const verdict = confirmations.verify(confirm, facts);
  if (verdict === "valid") return undefined;
  if (verdict === "expired") {
    throw new ToolError(
      "invalid_argument",
      "confirm: this token is too old. Nothing was deleted. Call again without it to see what would be deleted.",
    );
  }
  throw new ToolError(
    "version_conflict",
    "confirm: this is not what you were shown. Nothing was deleted. Call again without it to see what would be deleted now.",
  );
}

/** What the first call says below the list of what would go. */
export const toConfirmAdvice = (token: string): string =>
  `If the user agrees to exactly this, call again within 10 minutes with the same arguments and confirm ${token}`;
