import { html } from "hono/html";
import type { Html } from "./html.ts";

const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

const relative = new Intl.RelativeTimeFormat("en", { numeric: "always" });

const absolute = new Intl.DateTimeFormat("en-GB", {
  dateStyle: "medium",
  timeStyle: "short",
  timeZone: "UTC",
});

/** A time in words that need no time zone; the exact time is its title. Both in epoch seconds. */
export function renderTimeAgo(at: number, now: number): Html {
  const date = new Date(at * 1_000);
  const exact = `${absolute.format(date)} UTC`;
  return html`<time datetime="${date.toISOString()}" title="${exact}">${toWords(now - at)}</time>`;
}

function toWords(seconds: number): string {
  for (const [unit, length] of UNITS) {
    if (seconds >= length) return relative.format(-Math.floor(seconds / length), unit);
  }
  return "just now";
}
