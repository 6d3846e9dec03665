import { isLoopback } from "@taiga-mcp/service";
import { toClaudeCommand } from "./connect.ts";
import { type Finding, type Paint, toFindingLines } from "./finding.ts";

/** What `setup` prints. @param mcpUrl the MCP endpoint as clients enter it. */
export function toSetupText(
  findings: readonly Finding[],
  { mcpUrl, columns, paint }: { mcpUrl: string; columns: number; paint: Paint },
): string {
  return [
    `Taiga MCP at ${mcpUrl}`,
    "",
    ...toFindingLines(findings, { columns, paint }),
    "",
    toVerdict(findings),
    ...(isWell(findings) ? ["", ...toConnectLines(mcpUrl)] : []),
  ].join("\n");
}

/** Whether nothing must be changed. */
export const isWell = (findings: readonly Finding[]): boolean =>
  findings.every(({ mark }) => mark !== "fail");

function toVerdict(findings: readonly Finding[]): string {
  const fails = findings.filter(({ mark }) => mark === "fail").length;
  const warnings = findings.filter(({ mark }) => mark === "warn").length;
  const open = warnings === 0 ? "" : ` ${warnings} to look at (!).`;
  if (fails === 0) return `Nothing is wrong.${open}`;
  return `${fails} of ${findings.length} checks failed (✗): change what is said there, and run this again.${open}`;
}

function toConnectLines(mcpUrl: string): string[] {
  const hosted = isLoopback(mcpUrl)
    ? "claude.ai and ChatGPT need a public https address."
    : "claude.ai, ChatGPT and others: enter the address above.";
  return [
    "Connect Claude Code, then type /mcp in it to log in:",
    "",
    `  ${toClaudeCommand(mcpUrl)}`,
    "",
    hosted,
  ];
}
