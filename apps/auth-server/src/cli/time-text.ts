const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const count = (amount: number, unit: string): string =>
  `${amount} ${unit}${amount === 1 ? "" : "s"}`;

/** `40 seconds`, `58 minutes`, `3 hours`, `12 days`. */
export function toDuration(seconds: number): string {
  if (seconds < 2 * MINUTE) return count(Math.max(0, Math.round(seconds)), "second");
  if (seconds < 2 * HOUR) return count(Math.round(seconds / MINUTE), "minute");
  if (seconds < 2 * DAY) return count(Math.round(seconds / HOUR), "hour");
  return count(Math.round(seconds / DAY), "day");
}

const UNITS = { m: MINUTE, h: HOUR, d: DAY } as const;

/** The seconds of `30m`, `12h` or `7d`. @returns `undefined` for any other text. */
export function toSeconds(text: string): number | undefined {
  const { amount, unit } = /^(?<amount>[1-9]\d{0,4})(?<unit>[mhd])$/.exec(text)?.groups ?? {};
  return amount === undefined ? undefined : Number(amount) * UNITS[unit as keyof typeof UNITS];
}

/** `2026-11-20 14:05` in this machine's time zone. @param at epoch seconds. */
export function toLocalTime(at: number): string {
  const date = new Date(at * 1000);
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()].map(pad).join("-");
  return `${day} ${pad(date.getHours())}:${pad(date.getMinutes())}`;
}

/** `2026-11-20 14:05 (in 58 minutes)`, rounded up. @param at epoch seconds, after `now`. */
export const toFutureTime = (at: number, now: number): string =>
  `${toLocalTime(toFullMinute(at))} (in ${toDuration(at - now < 2 * MINUTE ? at - now : toFullMinute(at - now))})`;

/** Replaces the UTC times in a text of the server (`2026-11-20T13:04:00Z`) with local times. */
export const withLocalTimes = (text: string, now: number): string =>
  text.replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, (time) => {
    const at = Math.ceil(Date.parse(time) / 1000);
    return at > now ? toFutureTime(at, now) : toLocalTime(toFullMinute(at));
  });

const toFullMinute = (seconds: number): number => Math.ceil(seconds / MINUTE) * MINUTE;

const pad = (part: number): string => String(part).padStart(2, "0");
