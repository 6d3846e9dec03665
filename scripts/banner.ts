import { toClaudeCommand } from "../apps/auth-server/src/cli/connect.ts";
import type { Config } from "../apps/resource-server/src/config.ts";

/** The text that `pnpm start` prints once all services are ready. */
export function toBanner({ config, demo }: { config: Config; demo: boolean }): string {
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
      demo
        ? [
            `${config.taigaApiUrl} (sandbox with demo data, this machine only)`,
            "log in as alice, bob, stan or carol; the password is <name>-password",
            "to use your own: TAIGA_API_URL=https://taiga.example.com npx --yes pnpm@12.21.0 start",
          ]
        : [config.taigaApiUrl],
    ],
    ["Data", [config.store.dataDir]],
  ];
  const width = Math.max(...rows.map(([title]) => title.length)) + 2;
  const lines = rows.flatMap(([title, texts]) =>
    texts.map((text, index) => `  ${(index === 0 ? title : "").padEnd(width)}${text}`),
  );
  return ["", "Taiga MCP is running.", "", ...lines, "", "Ctrl-C stops it.", ""].join("\n");
}
