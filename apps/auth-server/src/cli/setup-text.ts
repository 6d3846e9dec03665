import { isLoopback } from "@taiga-mcp/service";
import { toClaudeCommand } from "./connect.ts";
import { type Finding, type Paint, toFindingLines } from "./finding.ts";

/** The output of `setup`. @param mcpUrl the MCP endpoint. */
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

/** Whether no check has failed. */
export const isWell = (findings: readonly Finding[]): boolean =>
  findings.every(({ mark }) => mark !== "fail");

function toVerdict(findings: readonly Finding[]): string {
  const fails = findings.filter(({ mark }) => mark === "fail").length;
  const warnings = findings.filter(({ mark }) => mark === "warn").length;
  const toCheck = warnings === 0 ? "" : ` ${warnings} to check yourself (!).`;
  if (fails === 0) return `No problems found.${toCheck}`;
  return `${fails} of ${findings.length} checks failed (✗). Fix the problems and run this again.${toCheck}`;
}

/** In compose; Claude Code must trust the authority of its certificate. */
const TRUST_COMMANDS = [
  "  docker compose cp nginx:/etc/nginx/tls/ca.crt ~/taiga-mcp-ca.crt",
  "  export NODE_EXTRA_CA_CERTS=~/taiga-mcp-ca.crt",
];

const hasDevelopmentCertificate = (mcpUrl: string): boolean =>
  isLoopback(mcpUrl) && new URL(mcpUrl).protocol === "https:";

function toConnectLines(mcpUrl: string): string[] {
  const hosted = isLoopback(mcpUrl)
    ? "claude.ai and ChatGPT need a public https address."
    : "In claude.ai, ChatGPT and other clients, enter the address above.";
  return [
    "Connect Claude Code, then type /mcp in it to log in:",
    "",
    ...(hasDevelopmentCertificate(mcpUrl) ? TRUST_COMMANDS : []),
    `  ${toClaudeCommand(mcpUrl)}`,
    "",
    hosted,
  ];
}
