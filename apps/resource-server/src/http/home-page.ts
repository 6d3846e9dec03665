import {
  type HomePage,
  type TaigaSite,
  renderHomeContent,
  renderHomeFooter,
  toClaudeCodeCommand,
} from "@taiga-mcp/service";
import type { RequestHandler } from "express";
import { createHash } from "node:crypto";
import { RESOURCE_NAME } from "./protected-resource-metadata.ts";

/** Colours of the authorization server's pages. They meet WCAG 2.2 AA in light and dark mode. */
const STYLE = `
:root {
  color-scheme: light dark;
  --page: #f3f5f3; --card: #fff; --sunken: #f6f8f6; --line: #dbe2de;
  --text: #17211f; --muted: #54625e; --accent: #0b6a64;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0e1413; --card: #161e1d; --sunken: #1b2524; --line: #2b3836;
    --text: #e7eeec; --muted: #a4b3af; --accent: #63d2c6;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; padding: clamp(1.25rem, 9vh, 5rem) 1rem;
  background: var(--page); color: var(--text);
  font: 1rem/1.55 system-ui, sans-serif; overflow-wrap: break-word;
}
main {
  max-width: 40rem; margin: 0 auto; padding: clamp(1.5rem, 5vw, 2.5rem);
  background: var(--card); border: 1px solid var(--line); border-radius: 1rem;
}
h1 { margin: 0 0 0.75rem; font-size: 1.6rem; line-height: 1.2; letter-spacing: -0.01em; }
h2 { margin: 1.75rem 0 0.5rem; font-size: 1rem; }
p { margin: 0 0 0.75rem; color: var(--muted); }
a { color: var(--accent); }
[hidden] { display: none !important; }
.steps { margin: 0; padding-left: 1.25rem; color: var(--muted); }
.command { display: block; padding: 0.75rem 0.875rem; background: var(--sunken); border: 1px solid var(--line); border-radius: 0.6rem; overflow-wrap: anywhere; }
.button { display: inline-block; padding: 0.55rem 1.25rem; border-radius: 0.6rem; background: var(--accent); color: var(--card); font-weight: 600; text-decoration: none; }
.clients details { padding: 0.75rem 0.9375rem; border: 1px solid var(--line); border-radius: 0.75rem; }
.clients details + details { margin-top: 0.5rem; }
.clients summary { font-weight: 600; cursor: pointer; }
.clients details > p { margin-top: 0.5rem; }
footer { max-width: 40rem; margin: 1.25rem auto 0; font-size: 0.8125rem; color: var(--muted); }
footer a { color: inherit; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
code { font: 0.93rem/1.5 ui-monospace, monospace; }
`;

/** Allows exactly this inline style in the content security policy. */
export const HOME_PAGE_STYLE_HASH = `'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`;

export interface HomePageDeps {
  /** The MCP endpoint's address, as clients enter it. */
  resource: string;
  taigaSite: TaigaSite;
  /** The authorization server's origin. */
  issuer: string;
}

/** `GET /`: explains to people who open the address in a browser how to connect a client. */
export function createHomePage({ resource, taigaSite, issuer }: HomePageDeps): RequestHandler {
  const claudeCode = toClaudeCodeCommand(resource);
  const page = toPage({ mcpUrl: resource, taigaSite, issuer });
  return (req, res) => {
    res.set("Cache-Control", "public, max-age=300").vary("Accept");
    if (req.accepts(["json", "html"]) === "html") {
      res.type("html").send(page);
      return;
    }
    res.json({
      name: RESOURCE_NAME,
      mcp_url: resource,
      taiga_url: taigaSite.url,
      claude_code: claudeCode,
    });
  };
}

function toPage(page: HomePage): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${RESOURCE_NAME}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${renderHomeContent(page)}
</main>
<footer>${renderHomeFooter(page)}</footer>
</body>
</html>
`;
}
