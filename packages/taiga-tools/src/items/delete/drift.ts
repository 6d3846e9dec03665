import { type TaigaClient } from "@taiga-mcp/taiga-client";
import { type DeletionTarget } from "./deletion-target.ts";
import { toHistoryFields } from "../history-fields.ts";
import { toOneLine } from "../../text/clean.ts";
import { mapConcurrent } from "../../schema/map-concurrent.ts";
import { TAIGA_WORDS, WIKI_WORDS } from "../../kinds.ts";

/**
 * Encodes the version and number of children of each target as the caller saw them, `~7.3~2.0`, to
 * append to a confirmation. They are not signed; a refusal uses them only to say what has changed.
 */
export const encodeSeenVersions = (targets: readonly DeletionTarget[]): string =>
  inOrder(targets)
    .map(({ version, children }) => `~${version}.${children.length}`)
    .join("");

const inOrder = (targets: readonly DeletionTarget[]): DeletionTarget[] =>
  targets.toSorted((a, b) => (a.kind === b.kind ? a.id - b.id : a.kind < b.kind ? -1 : 1));

/** Describes what changed since the confirmation was created, one target a line. */
export async function describeDrift(
  confirm: string,
  targets: readonly DeletionTarget[],
  taiga: TaigaClient,
): Promise<string> {
  const seen = confirm
    .trim()
    .split("~")
    .slice(1)
    .map((part) => /^(?<version>\d{1,9})\.(?<children>\d{1,4})$/.exec(part)?.groups);
  if (seen.length !== targets.length) {
    return "The token belongs to other references, or is incomplete.";
  }
  const descriptions = await mapConcurrent(inOrder(targets), (one, index) =>
    describeOne(
      one,
      { version: Number(seen[index]?.["version"]), children: Number(seen[index]?.["children"]) },
      taiga,
    ),
  );
  const differences = descriptions.filter((text) => text !== undefined);
  return differences.length > 0
    ? differences.join("\n")
    : "A task below was changed or replaced, a sprint was renamed, or the token is another user's.";
}

async function describeOne(
  target: DeletionTarget,
  seen: { version: number; children: number },
  taiga: TaigaClient,
): Promise<string | undefined> {
  const { name, version, children } = target;
  const parts: string[] = [];
  if (version !== seen.version) {
    const changes = await describeChanges(target, version - seen.version, taiga);
    parts.push(`was v${seen.version} and is v${version}${changes}`);
  }
  if (children.length !== seen.children) {
    const refs = children.map(({ ref }) => `#${ref}`).join(", ") || "none";
    parts.push(`had ${seen.children} tasks and has ${children.length}: ${refs}`);
  }
  return parts.length === 0 ? undefined : `${name} ${parts.join("; ")}.`;
}

/** ` (@alice: status: New → Done)` */
async function describeChanges(
  { kind, id, project }: DeletionTarget,
  count: number,
  taiga: TaigaClient,
): Promise<string> {
  if (kind === "sprint" || count < 1) return "";
  const { type } = kind === "wiki" ? WIKI_WORDS : TAIGA_WORDS[kind];
  const history = await taiga.history.list(type, id);
  const entries = history.slice(0, count).map((entry) => {
    const fields = toHistoryFields(entry, { kind, project }).map(
      ({ field, before, after }) => `${field}: ${before || "–"} → ${after || "–"}`,
    );
    const what = [...fields, ...(entry.comment === "" ? [] : ["a comment"])].join("; ");
    return `@${toOneLine(entry.user?.username ?? "unknown")}: ${what}`;
  });
  return entries.length === 0 ? "" : ` (${entries.join(", ")})`;
}
