import { capText, MAX_ANSWER_BYTES } from "../../text/cap.ts";
import { fence } from "../../text/fence.ts";
import { type CommentOutcome } from "./add-comment.ts";
import { countOutcomes } from "../outcome.ts";

/** Lists the outcome of each item. */
export function toCommentAnswer(
  outcomes: readonly CommentOutcome[],
  repeated: boolean,
): { text: string; data: { items: CommentOutcome[]; repeated?: true } } {
  const lines = outcomes.map((one) => {
    const head = `${one.ref} ${one.outcome.replaceAll("_", " ")}`;
    if ("error" in one) return `${head} | ${one.error}`;
    const told = one.notified.map((username) => `@${username}`).join(" ");
    const verb = one.outcome === "would_comment" ? "would be notified" : "notified";
    return `${head} | v${one.version}${told === "" ? "" : ` | ${verb}: ${told}`}`;
  });
  const header = repeated ? "Already done by an earlier call with this key: " : "";
  return {
    text: `${header}${countOutcomes(outcomes)}.\n${fence(capText(lines.join("\n"), MAX_ANSWER_BYTES))}`,
    data: { items: [...outcomes], ...(repeated && { repeated: true as const }) },
  };
}
