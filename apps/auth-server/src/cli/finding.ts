/** What one step of a check came to. */
export interface Finding {
  /** `warn`: may be right, and only a person can tell. */
  mark: "ok" | "warn" | "fail";
  /** What was looked at, in a few words. */
  about: string;
  /** What was found. */
  text: string;
  /** What to change; absent when there is nothing to do. */
  advice?: string;
  /** What the advice ends with, to be copied as it stands. */
  copy?: string;
}

/** Colours a mark, where there is a terminal that can. */
export type Paint = (mark: Finding["mark"], text: string) => string;

const MARKS = { ok: "✓", warn: "!", fail: "✗" } as const;

/** @param columns how wide a line may be; what is to be copied is never broken. */
export function toFindingLines(
  findings: readonly Finding[],
  { columns, paint }: { columns: number; paint: Paint },
): string[] {
  const width = Math.max(...findings.map(({ about }) => about.length)) + 2;
  const indent = " ".repeat(4 + width);
  const room = Math.max(40, columns - indent.length);
  return findings.flatMap((finding, index) => {
    const { mark, about } = finding;
    const text = toPrintable(finding.text);
    const [first = "", ...rest] = [
      ...wrap(text, room),
      ...toAdviceLines(finding, findings[index - 1]?.advice, room),
    ];
    const head = `  ${paint(mark, MARKS[mark])} ${about.padEnd(width)}${first}`;
    return [head, ...rest.map((line) => `${indent}${line}`)];
  });
}

/** @param before the advice of the finding before, which is not said again. */
function toAdviceLines(
  { advice, copy }: Finding,
  before: string | undefined,
  room: number,
): string[] {
  if (advice === undefined) return [];
  const [first = "", ...rest] = wrap(advice === before ? "as above" : advice, room - 2);
  const lines = [`→ ${first}`, ...rest.map((line) => `  ${line}`)];
  return copy === undefined ? lines : [...lines, `    ${copy}`];
}

/** What another server has said may hold orders for the terminal. */
export const toPrintable = (text: string): string => text.replaceAll(/\p{Cc}/gu, "\uFFFD");

/** Breaks between words only: addresses and settings stay whole. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
