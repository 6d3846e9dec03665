/** Result of one check. */
export interface Finding {
  /** `warn`: possibly a problem; the operator must decide. */
  mark: "ok" | "warn" | "fail";
  /** What was checked, in a few words. */
  about: string;
  /** What was found. */
  text: string;
  /** How to fix it; absent when there is nothing to do. */
  advice?: string;
  /** Text to copy at the end of the advice; never wrapped. */
  copy?: string;
}

/** Colours a mark, if the terminal supports it. */
export type Paint = (mark: Finding["mark"], text: string) => string;

const MARKS = { ok: "✓", warn: "!", fail: "✗" } as const;

/** @param columns maximum width of a line, except for texts to copy. */
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

/** @param before advice of the previous finding, which is not repeated. */
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

/** Replaces control characters: a text of another server may contain terminal escape sequences. */
export const toPrintable = (text: string): string => text.replaceAll(/\p{Cc}/gu, "\uFFFD");

/** Wraps between words only, so that addresses and settings stay whole. */
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
