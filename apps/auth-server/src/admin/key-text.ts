import type { KeyReport, RetireReport } from "./key-report.ts";
import { toDuration, toLocalTime, toMoment } from "./time-text.ts";

export interface KeyTextOptions {
  /** Epoch seconds. */
  now: number;
  /** What a person types before a command of this program. */
  program: string;
}

const count = (amount: number, unit: string): string =>
  `${amount.toLocaleString("en")} ${unit}${amount === 1 ? "" : "s"}`;

/** The keys, and what can be done next. */
export const toKeyText = (report: KeyReport, options: KeyTextOptions): string =>
  [...toTable(report, options), "", toMasterKeyLine(report), ...toNext(report, options)].join("\n");

/** After `keys rotate`. */
export function toRotatedText(report: KeyReport, options: KeyTextOptions): string {
  const coming = report.keys.find(({ state }) => state === "coming");
  const from =
    coming === undefined
      ? "It is in use."
      : `It is in use in ${toDuration(coming.activeFrom - options.now)}, once every replica knows it.`;
  return [`A new key was made. ${from} Nobody is logged out.`, "", toKeyText(report, options)].join(
    "\n",
  );
}

/** After `keys retire`. */
export function toRetiredText(report: RetireReport, options: KeyTextOptions): string {
  const { resealed, removed } = report;
  const keys = count(removed, "older key");
  const said =
    removed === 0
      ? toNothingRetired(report)
      : `${count(resealed, "record")} sealed anew, ${keys} removed. Nobody was logged out.`;
  return [said, "", toKeyText(report, options)].join("\n");
}

/** The server removes what is older than the key in use, and at first that is nothing. */
const toNothingRetired = (report: KeyReport): string =>
  isComing(report)
    ? "No key was removed: the new one is not in use yet."
    : "There was no older key to remove.";

/** Whether a new key is not in use yet. */
export const isComing = ({ keys }: KeyReport): boolean =>
  keys.some(({ state }) => state === "coming");

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
  const all = [["Key", "State", "Made", "Records"], ...rows];
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

function toMasterKeyLine({ masterKey: { position, count: keyCount } }: KeyReport): string {
  if (position > 0) {
    return `Of the ${keyCount} in MASTER_KEY only number ${position + 1} opens them: another replica runs with an older list. Restart it with this one before you take any out.`;
  }
  if (keyCount === 1) return "They are sealed themselves, with MASTER_KEY.";
  return `They are sealed themselves, with each of the ${keyCount} in MASTER_KEY. Once every replica runs with this list, only the first is needed.`;
}

function toNext(report: KeyReport, { now, program }: KeyTextOptions): string[] {
  const { retirableFrom } = report;
  if (retirableFrom !== undefined) {
    return [
      `To seal everything with the newest key and remove the others, ${toMoment(retirableFrom, now)}: ${program} keys retire`,
    ];
  }
  return isComing(report)
    ? [`When the new key is in use, this says from when on the others can go: ${program} keys`]
    : [`To replace the key: ${program} keys rotate`];
}
