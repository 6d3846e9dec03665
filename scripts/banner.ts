import { toClaudeCommand } from "../apps/auth-server/src/cli/connect.ts";
import { toPrintable, wrap } from "../apps/auth-server/src/cli/finding.ts";
import { toTaigaFinding } from "../apps/auth-server/src/cli/installation-findings.ts";
import type { Installation } from "../apps/auth-server/src/operations/installation.ts";
import type { Config } from "../apps/resource-server/src/config.ts";

/** Columns of a line that was not written to be copied. */
const TEXT_COLUMNS = 80;

export interface BannerFacts {
  config: Config;
  /** What Taiga has answered; absent for the sandbox. */
  taiga: Installation["taiga"] | undefined;
}

/** The text that `pnpm start` prints once all services are ready. */
export function toBanner({ config, taiga }: BannerFacts): string {
  const mcpUrl = config.resource;
  const rows: [string, string[]][] = [
    ["MCP endpoint", [mcpUrl]],
    ["Claude Code", [toClaudeCommand(mcpUrl), "then type /mcp in Claude Code to log in"]],
    ["Inspector", [`npx --yes pnpm@12.21.0 inspector --server-url ${mcpUrl} --transport http`]],
    [
      "Hosted clients",
      ['claude.ai and ChatGPT need a public https address: see "Deploy for a team" in README.md'],
    ],
    [
      "Taiga",
      taiga === undefined
        ? [
            `${config.taigaApiUrl} (sandbox with demo data, this machine only)`,
            "log in as alice, bob, stan or carol; the password is <name>-password",
            "to use your own: TAIGA_API_URL=https://taiga.example.com npx --yes pnpm@12.21.0 start",
          ]
        : toTaigaLines(taiga),
    ],
    ["Data", [config.store.dataDir]],
  ];
  const width = Math.max(...rows.map(([title]) => title.length)) + 2;
  const lines = rows.flatMap(([title, texts]) =>
    texts.map((text, index) => `  ${(index === 0 ? title : "").padEnd(width)}${text}`),
  );
  const isWell = taiga === undefined || toTaigaFinding(taiga).mark !== "fail";
  const title = `Taiga MCP is running${isWell ? "" : ", but it cannot use Taiga"}.`;
  return ["", title, "", ...lines, "", "Ctrl-C stops it.", ""].join("\n");
}

/** Whether Taiga answers, and if not, what is wrong and what to do. */
function toTaigaLines(taiga: Installation["taiga"]): string[] {
  const { mark, text, advice } = toTaigaFinding(taiga);
  if (mark === "ok") return [taiga.apiUrl, text.replace(` at ${taiga.apiUrl}`, "")];
  return [
    ...wrap(`${mark === "fail" ? "✗" : "!"} ${toPrintable(text)}`, TEXT_COLUMNS),
    ...wrap(`→ ${advice ?? ""}`, TEXT_COLUMNS),
  ];
}
