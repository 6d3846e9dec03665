import type { KeyReport, RetireReport } from "./key-report.ts";
import { wrap } from "./finding.ts";
import { toDuration, toFutureTime, toLocalTime } from "./time-text.ts";

export interface KeyTextOptions {
  /** Epoch seconds. */
  now: number;
  /** What a person types before a command of this program. */
  program: string;
  /** How wide a line may be; what is to be copied is never broken. */
  columns: number;
}

const count = (amount: number, unit: string): string =>
  `${amount.toLocaleString("en")} ${unit}${amount === 1 ? "" : "s"}`;

/** The keys, and what can be done next. */
export function toKeyText(report: KeyReport, options: KeyTextOptions): string {
  const { text, command } = toNext(report, options);
  return [
    ...toTable(report, options),
    "",
    ...wrap(toMasterKeyText(report), options.columns),
    "",
    ...wrap(text, options.columns),
    "",
    `  ${options.program} ${command}`,
  ].join("\n");
}

/** After `keys rotate`. */
export function toRotatedText(report: KeyReport, options: KeyTextOptions): string {
  const coming = report.keys.find(({ state }) => state === "coming");
  const from =
    coming === undefined
      ? "It is in use."
      : `It is in use in ${toDuration(coming.activeFrom - options.now)}, once every replica knows it.`;
  const said = `A new key was made. ${from} Nobody is logged out.`;
  return [...wrap(said, options.columns), "", toKeyText(report, options)].join("\n");
}

/** After `keys retire`. */
export function toRetiredText(report: RetireReport, options: KeyTextOptions): string {
  const { resealed, removed } = report;
  const keys = count(removed, "older key");
  const said =
    removed === 0
      ? "There was no older key to remove."
      : `${count(resealed, "record")} sealed anew, ${keys} removed. Nobody was logged out.`;
  return [said, "", toKeyText(report, options)].join("\n");
}

const STATES = {
  coming: "not in use yet",
  sealing: "seals and opens",
  opening: "only opens",
} as const;

function toTable({ keys }: KeyReport, { now }: KeyTextOptions): string[] {
  const rows = keys.map(({ id, createdAt, activeFrom, state, records }) => [
    id,
    state === "coming" ? `in use in ${toDuration(activeFrom - now)}` : STATES[state],
    toLocalTime(createdAt),
    records.toLocaleString("en"),
  ]);
  const all = [["Key", "State", "Made", "Records sealed"], ...rows];
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...all.map((row) => row[column]?.length ?? 0)),
  );
  return all.map((row) => {
    const cells = row.map((cell, column) =>
      column === 3 ? cell.padStart(widths[3] ?? 0) : cell.padEnd(widths[column] ?? 0),
    );
    return `  ${cells.join("   ")}`;
  });
}

function toMasterKeyText({ masterKey: { position, count: keyCount } }: KeyReport): string {
  if (position > 0) {
    return `Of the ${keyCount} in MASTER_KEY only number ${position + 1} opens these keys: another replica runs with an older list. Restart it with this one before you take any out.`;
  }
  if (keyCount === 1) return "These keys are sealed with MASTER_KEY.";
  return `These keys are sealed with each of the ${keyCount} in MASTER_KEY. Once every replica runs with this list, only the first is needed.`;
}

function toNext(report: KeyReport, { now }: KeyTextOptions): { text: string; command: string } {
  const { retirableFrom } = report;
  if (retirableFrom !== undefined) {
    const text =
      retirableFrom > now
        ? `From ${toFutureTime(retirableFrom, now)} on the older keys can be removed, once all that they have sealed is sealed anew:`
        : "To seal anew all that older keys have sealed, and remove them:";
    return { text, command: "keys retire" };
  }
  return { text: "To replace the key, without a logout:", command: "keys rotate" };
}
