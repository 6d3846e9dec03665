import { countOutcomes, type ItemFailure, NOT_ATTEMPTED, toItemFailure } from "./outcome.ts";
import { capText, MAX_ANSWER_BYTES } from "../text/cap.ts";
import { fence } from "../text/fence.ts";
import { quote } from "../text/quote.ts";

/** What happened to one of several things; `ref` is its name in the next call. */
export type EachOutcome = { ref: string } & ({ outcome: string; note?: string } | ItemFailure);

export interface EachDeps {
  signal: AbortSignal;
  reportProgress: (done: number, total: number, message: string) => Promise<void>;
}

/**
 * Does the same to each of several things, one after another. A failure is the outcome of its own
 * thing; one that the others would have, too, ends the call.
 *
 * @param act returns a note for the answer, if there is anything to say.
 */
export async function actOnEach<Thing extends { ref: string }>(
  things: readonly Thing[],
  done: string,
  act: (thing: Thing) => Promise<string | void>,
  { signal, reportProgress }: EachDeps,
): Promise<EachOutcome[]> {
  const outcomes: EachOutcome[] = [];
  let isStopped = false;
  for (const [index, thing] of things.entries()) {
    const { ref } = thing;
    if (isStopped || signal.aborted) {
      outcomes.push({ ref, ...NOT_ATTEMPTED });
      continue;
    }
    try {
      const note = await act(thing);
      outcomes.push({ ref, outcome: done, ...(typeof note === "string" && { note }) });
    } catch (error) {
      const { failure, stops } = toItemFailure(error);
      isStopped = stops;
      outcomes.push({ ref, ...failure });
    }
    await reportProgress(index + 1, things.length, `${quote(ref)} done`);
  }
  return outcomes;
}

/** What a dry run answers. */
export const wouldDo = (things: readonly { ref: string }[], outcome: string): EachOutcome[] =>
  things.map(({ ref }) => ({ ref, outcome }));

export function toEachAnswer(outcomes: readonly EachOutcome[]): {
  text: string;
  data: { items: EachOutcome[] };
} {
  const lines = outcomes.map((one) => {
    const detail = "error" in one ? one.error : one.note;
    const head = `${one.ref} ${one.outcome.replaceAll("_", " ")}`;
    return detail === undefined ? head : `${head} | ${detail}`;
  });
  const body = fence(capText(lines.join("\n"), MAX_ANSWER_BYTES));
  return { text: `${countOutcomes(outcomes)}.\n${body}`, data: { items: [...outcomes] } };
}
