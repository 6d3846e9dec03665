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
  /** To be copied as it stands, after the advice. */
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
  return findings.flatMap(({ mark, about, text, advice, copy }) => {
    const body = [text, ...(advice === undefined ? [] : [advice])].flatMap((part) =>
      wrap(part, Math.max(40, columns - indent.length)),
    );
    const [first = "", ...rest] = copy === undefined ? body : [...body, `  ${copy}`];
    const head = `  ${paint(mark, MARKS[mark])} ${about.padEnd(width)}${first}`;
    return [head, ...rest.map((line) => `${indent}${line}`)];
  });
}

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
