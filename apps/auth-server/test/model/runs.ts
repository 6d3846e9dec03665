// How many random stories a model test tries, and with which seed.
import { randomInt } from "node:crypto";
import { onTestFailed } from "vitest";

/** A story takes a fraction of a second; a failure is then made shorter by up to some hundred tries. */
const MS_PER_RUN = 5_000;
const MS_TO_SHRINK = 300_000;

const MAX_SEED = 2 ** 31 - 1;

export interface Runs {
  parameters: { numRuns: number; seed: number };
  /** Of the whole test. */
  timeoutMs: number;
}

/**
 * TOKEN_MODEL_RUNS asks for more stories than in CI, and TOKEN_MODEL_SEED repeats those of a failure.
 */
export function planRuns(byDefault: number): Runs {
  const { TOKEN_MODEL_RUNS = byDefault, TOKEN_MODEL_SEED = randomInt(MAX_SEED) } = process.env;
  const numRuns = Number(TOKEN_MODEL_RUNS);
  const parameters = { numRuns, seed: Number(TOKEN_MODEL_SEED) };
  return { parameters, timeoutMs: numRuns * MS_PER_RUN + MS_TO_SHRINK };
}

/** Also when the test ends for another reason than fast-check's own report. */
export function nameSeed({ parameters }: Runs): void {
  onTestFailed(() => console.log(`Repeat with TOKEN_MODEL_SEED=${parameters.seed}`));
}
