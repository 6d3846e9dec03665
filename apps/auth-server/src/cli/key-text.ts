import type { KeyReport, RetireReport } from "./key-report.ts";
import { wrap } from "./finding.ts";
import { toDuration, toFutureTime, toLocalTime } from "./time-text.ts";

export interface KeyTextOptions {
  /** Epoch seconds. */
  now: number;
  /** Command line of this program, without the command. */
  program: string;
  /** Maximum width of a line, except for commands to copy. */
  columns: number;
}

const count = (amount: number, unit: string): string =>
  `${amount.toLocaleString("en")} ${unit}${amount === 1 ? "" : "s"}`;

/** The output of `keys`: the keys, and the next possible command. */
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

/** The output of `keys rotate`. */
export function toRotatedText(report: KeyReport, options: KeyTextOptions): string {
  const coming = report.keys.find(({ state }) => state === "coming");
  const from =
    coming === undefined
      ? "It is in use."
      : `It comes into use in ${toDuration(coming.activeFrom - options.now)}, when every replica has loaded it.`;
  const summary = `A new key was added. ${from} No user is logged out.`;
  return [...wrap(summary, options.columns), "", toKeyText(report, options)].join("\n");
}

/** The output of `keys retire`. */
export function toRetiredText(report: RetireReport, options: KeyTextOptions): string {
  const { resealed, removed } = report;
  const keys = count(removed, "older key");
  const summary =
    removed === 0
      ? "There was no older key to remove."
      : `${count(resealed, "record")} re-encrypted, ${keys} removed. No user was logged out.`;
  return [summary, "", toKeyText(report, options)].join("\n");
}

const STATES = {
  coming: "not in use yet",
  sealing: "encrypts and decrypts",
  opening: "only decrypts",
} as const;

function toTable({ keys }: KeyReport, { now }: KeyTextOptions): string[] {
  const rows = keys.map(({ id, createdAt, activeFrom, state, records }) => [
    id,
    state === "coming" ? `in use in ${toDuration(activeFrom - now)}` : STATES[state],
    toLocalTime(createdAt),
    records.toLocaleString("en"),
  ]);
  const all = [["Key", "State", "Created", "Records encrypted"], ...rows];
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
    return `Of the ${keyCount} keys in MASTER_KEY, only number ${position + 1} decrypts these keys: another replica runs with an older list. Restart that replica with this list before you remove a key.`;
  }
  if (keyCount === 1) return "These keys are encrypted with MASTER_KEY.";
  return `These keys are encrypted with each of the ${keyCount} keys in MASTER_KEY. Once every replica runs with this list, only the first is needed.`;
}

function toNext(report: KeyReport, { now }: KeyTextOptions): { text: string; command: string } {
  const { retirableFrom } = report;
  if (retirableFrom !== undefined) {
    const text =
      retirableFrom > now
        ? `From ${toFutureTime(retirableFrom, now)} on, you can re-encrypt the records of the older keys and remove those keys:`
        : "To re-encrypt the records of the older keys and remove those keys:";
    return { text, command: "keys retire" };
  }
  return { text: "To replace the key without logging users out:", command: "keys rotate" };
}
