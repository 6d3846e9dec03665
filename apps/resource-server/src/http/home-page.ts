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
strong { color: var(--text); font-weight: 600; }
pre {
  margin: 0; padding: 0.85rem 1rem; color: var(--accent); background: var(--sunken);
  border: 1px solid var(--line); border-radius: 0.6rem;
  white-space: pre-wrap; overflow-wrap: anywhere;
}
code { font: 0.93rem/1.5 ui-monospace, monospace; }
`;

/** Allows exactly this inline style in the content security policy. */
export const HOME_PAGE_STYLE_HASH = `'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`;

export interface HomePageDeps {
  /** The MCP endpoint's address, as clients enter it. */
  resource: string;
  /** Address at which people open Taiga. */
  taigaWebUrl: string;
}

/** `GET /`: explains to people who open the address in a browser how to connect a client. */
export function createHomePage({ resource, taigaWebUrl }: HomePageDeps): RequestHandler {
  const claudeCode = `claude mcp add --transport http taiga ${resource}`;
  const page = toPage({ resource, taigaWebUrl, claudeCode });
  return (req, res) => {
    res.set("Cache-Control", "public, max-age=300").vary("Accept");
    if (req.accepts(["json", "html"]) === "html") {
      res.type("html").send(page);
      return;
    }
    res.json({
      name: RESOURCE_NAME,
      mcp_url: resource,
      taiga_url: taigaWebUrl,
      claude_code: claudeCode,
    });
  };
}

function toPage(facts: { resource: string; taigaWebUrl: string; claudeCode: string }): string {
  const { resource, taigaWebUrl, claudeCode } = facts;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(RESOURCE_NAME)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escapeHtml(RESOURCE_NAME)}</h1>
<p>This server gives AI clients access to the Taiga at
<strong>${escapeHtml(taigaWebUrl)}</strong>. Each user works with their own account.</p>
<h2>Connect any MCP client</h2>
<p>Enter this address in the client. It then asks you to log in to Taiga.</p>
<pre><code>${escapeHtml(resource)}</code></pre>
<h2>Connect Claude Code</h2>
<pre><code>${escapeHtml(claudeCode)}</code></pre>
</main>
</body>
</html>
`;
}

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const escapeHtml = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
