import { countFitting, MAX_ANSWER_BYTES } from "../../text/cap.ts";
import { fence } from "../../text/fence.ts";
import { ToolError } from "../../errors.ts";
import { type DeleteOutcome, type DeleteResult } from "./delete-items.ts";
import { countOutcomes } from "../outcome.ts";

/** The outcome of one target as data. */
export type DeleteRow = {
  ref: string;
  kind: string;
  outcome: string;
  /** The items that are deleted with it. */
  children?: string[];
  keeps?: string;
  error?: string;
};

/**
 * Formats the targets that would be deleted, or the outcomes of a deletion, as an answer.
 *
 * @throws {ToolError} `answer_too_large` when the answer cannot show every deletion: the user
 *   could then not confirm them all.
 */
export function toDeleteAnswer({ outcomes, confirm }: DeleteResult): {
  text: string;
  data: { items: DeleteRow[]; confirm?: string };
} {
  const lines = outcomes.flatMap(toLines);
  const items = outcomes.map(toRow);
  if (confirm === undefined) {
    return { text: `${countOutcomes(outcomes)}.\n${fence(lines.join("\n"))}`, data: { items } };
  }
  if (countFitting(lines, MAX_ANSWER_BYTES) < lines.length) {
    throw new ToolError(
      "answer_too_large",
      "refs: this would delete more than one answer can show. Delete fewer at a time.",
    );
  }
  return {
    text: `Nothing was deleted yet. This would be deleted permanently, with comments, history and attachments:\n${fence(lines.join("\n"))}\nIf the user agrees to exactly this, call again within 10 minutes with the same refs and confirm ${confirm}`,
    data: { items, confirm },
  };
}

function toLines(one: DeleteOutcome): string[] {
  const { target, outcome } = one;
  const isPlan = outcome === "would_delete";
  const prefix = isPlan ? "" : `${outcome.replaceAll("_", " ")}: `;
  const head = `${prefix}${one.ref}${target.line.slice(target.name.length)}`;
  return [
    [head, target.keeps, "error" in one ? one.error : undefined]
      .filter((part) => part !== undefined)
      .join(" | "),
    ...target.children.map((child) => `  with ${child.line}`),
  ];
}

const toRow = (one: DeleteOutcome): DeleteRow => ({
  ref: one.ref,
  kind: one.target.kind,
  outcome: one.outcome,
  ...(one.target.children.length > 0 && {
    children: one.target.children.map(({ line }) => line),
  }),
  ...(one.target.keeps !== undefined && { keeps: one.target.keeps }),
  ...("error" in one && { error: one.error }),
});
