/** One day of a sprint. */
export interface BurndownDay {
  /** `YYYY-MM-DD` */
  day: string;
  /** Open points; omitted for future days. */
  open?: number;
  /** Points that would be open at a constant pace. */
  ideal: number;
}

const WIDTH = 30;
const MAX_ROWS = 31;

/**
 * Draws a burndown chart as text, one row a day: `#` marks the open points, `|` the ideal. For long
 * sprints it shows every second, third … day, and always the last.
 */
export function toBurndownChart(days: readonly BurndownDay[]): string {
  const most = Math.max(...days.flatMap(({ open = 0, ideal }) => [open, ideal]));
  const step = Math.ceil(days.length / MAX_ROWS);
  const shown = days.filter((_day, index) => (days.length - 1 - index) % step === 0);
  const length = (points: number) => Math.round((points / most) * WIDTH);
  return shown
    .map(({ day, open, ideal }) => {
      const bar = "#".repeat(length(open ?? 0)).padEnd(length(ideal));
      const mark = length(ideal);
      const row = `${bar.slice(0, mark)}|${bar.slice(mark + 1)}`;
      return `${day.slice(5)} ${(open === undefined ? "" : String(open)).padStart(5)} ${row}`;
    })
    .join("\n");
}
