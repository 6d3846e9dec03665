import type { DestinationStream } from "pino";

export type LogLine = Record<string, unknown> & { msg?: string };

/** A destination that keeps what is logged, as text and as records. */
export function createLogLines(): {
  destination: DestinationStream;
  text(): string;
  lines(): LogLine[];
} {
  const written: string[] = [];
  return {
    destination: { write: (line) => void written.push(line) },
    text: () => written.join(""),
    lines: () => written.map((line) => JSON.parse(line) as LogLine),
  };
}
