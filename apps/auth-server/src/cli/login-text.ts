import { toPrintable } from "./finding.ts";
import type { Login } from "./login-report.ts";
import { toDuration, toLocalTime } from "./time-text.ts";

/** The logins, two lines each. @param now epoch seconds. */
export function toLoginsText(logins: readonly Login[], now: number): string {
  if (logins.length === 0) return "No login matches.";
  return [toCount(logins.length), "", ...logins.map((login) => toLoginText(login, now))].join("\n");
}

/** What was ended. */
export function toEndedText(ended: readonly Login[], now: number): string {
  if (ended.length === 0) return "No login matches: nothing was ended.";
  return [
    `Ended ${toCount(ended.length)}: their tokens are refused from now on.`,
    "",
    ...ended.map((login) => toLoginText(login, now)),
  ].join("\n");
}

const toCount = (count: number): string => (count === 1 ? "1 login" : `${count} logins`);

function toLoginText(login: Login, now: number): string {
  const { client, projects, lastUsedAt } = login;
  const name = client.name === null ? "a client without a name" : toPrintable(client.name);
  const host =
    client.verifiedHost === null ? "not verified" : `verified: ${toPrintable(client.verifiedHost)}`;
  const scope = projects === "all" ? "all projects" : `${projects.length} projects`;
  const use = lastUsedAt === null ? "not used yet" : `used ${toDuration(now - lastUsedAt)} ago`;
  const from = login.network === "" ? "" : ` from ${toPrintable(login.network)}`;
  return [
    `  ${toPrintable(login.user ?? login.account)} · ${name} (${host}) · ${login.access}, ${scope}`,
    `    ${use}${from} · connected ${toLocalTime(login.connectedAt)} · grant ${toPrintable(login.grant)}`,
  ].join("\n");
}
